"""Scrapy's spiders; there is one."""
