"""Scrapy's dangerous defaults are off, and stay off when Scrapy gets new ones."""

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import default_settings

from crawler.settings import settings_for
from crawler.spiders.confirmed import ConfirmedSpider


def test_no_console_no_disk_no_other_schemes() -> None:
    settings = Crawler(ConfirmedSpider, settings_for(True)).settings
    for name in ("REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "HTTPCACHE_ENABLED", "LOG_ENABLED"):
        assert not settings.getbool(name), name
    assert not settings["FEEDS"]
    assert not settings["JOBDIR"]
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http"}


@pytest.mark.parametrize("what", ["EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"])
def test_every_component_that_scrapy_brings_is_off(what: str) -> None:
    ours = settings_for(True)[what]
    assert all(ours.get(name, 0) is None for name in getattr(default_settings, f"{what}_BASE"))


def test_polite_in_earnest() -> None:
    assert settings_for(True)["DOWNLOAD_DELAY"] == 0
    assert settings_for(False)["DOWNLOAD_DELAY"] >= 1
