"""Scrapy's settings for a crawl: what its defaults would do that must not happen here.

Scrapy 2.19 by default opens two remote consoles on loopback, logs URLs, and can write queues, caches and feeds to
disk. All of that is off. Redirects are links to the spider, cookies are the fetcher's, and time-outs too.
"""

from typing import Any, Final

CONCURRENT: Final = 24
"""Requests under way at once, over all hosts."""
CONCURRENT_A_HOST: Final = 4

SETTINGS: Final[dict[str, Any]] = {
    "BOT_NAME": "crawler",
    "SPIDER_MODULES": ["crawler.spiders"],
    "TWISTED_REACTOR_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
    "LOG_LEVEL": "CRITICAL",
    "JOBDIR": None,
    "HTTPCACHE_ENABLED": False,
    "FEEDS": {},
    "SCHEDULER": "crawler.frontier_scheduler.FrontierScheduler",
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.handlers.StreamingHandler",
        "https": None,
        "file": None,
        "ftp": None,
        "s3": None,
        "data": None,
    },
    # Every one of these would do again, and less strictly, what scope, frontier and fetcher do.
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.middlewares.DeadHostMiddleware": 500,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    },
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
        "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    },
    "EXTENSIONS": {
        "scrapy.extensions.corestats.CoreStats": None,
        "scrapy.extensions.logcount.LogCount": None,
        "scrapy.extensions.telnet.TelnetConsole": None,
        "scrapy.extensions.memusage.MemoryUsage": None,
        "scrapy.extensions.memdebug.MemoryDebugger": None,
        "scrapy.extensions.closespider.CloseSpider": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "scrapy.extensions.logstats.LogStats": None,
        "scrapy.extensions.spiderstate.SpiderState": None,
        "scrapy.extensions.throttle.AutoThrottle": None,
        "scrapy.extensions.remote_control.RemoteControl": None,
    },
    "ITEM_PIPELINES": {"crawler.pipelines.FrontierPipeline": 300},
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "CONCURRENT_ITEMS": 1,  # one item a response; Scrapy would start a hundred workers for it
    "CONCURRENT_REQUESTS": CONCURRENT,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENT_A_HOST,
    "DOWNLOAD_TIMEOUT": 0,
}


def settings_for(practice: bool) -> dict[str, Any]:
    """Polite in earnest: a second between two requests to one registrable domain; no delay in a practice home."""
    return {**SETTINGS, "DOWNLOAD_DELAY": 0.0 if practice else 1.0}
