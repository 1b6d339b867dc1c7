"""The shipped tables of CDNs, platforms and gateways: facts about companies, checked for what misdirects a notice."""

from collections import Counter
from datetime import UTC, date, datetime
from ipaddress import ip_address
from itertools import combinations

import pytest

from hotline.address import parse_url, registrable_domain
from hotline.words import Certainty, ContactSource
from takedown.hosting.edge_table import Edge, Shows, shipped_edges, under
from takedown.hosting.edges import judge
from takedown.hosting.facts import AddressFacts, NetworkFacts, OriginFacts
from takedown.hosting.mailboxes import domain_of, mailboxes

WRITTEN = date(2026, 11, 24)
FREE_MAIL = {
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "proton.me",
    "protonmail.com",
    "mail.ru",
    "gmx.net",
}

WELL_KNOWN = [
    ("bucket.s3.eu-west-1.amazonaws.com", "Amazon S3"),
    ("bucket.s3-eu-west-1.amazonaws.com", "Amazon S3"),
    ("bucket.s3.amazonaws.com", "Amazon S3"),
    ("bucket.s3-website-us-east-1.amazonaws.com", "Amazon S3"),
    ("bucket.s3-website.eu-central-1.amazonaws.com", "Amazon S3"),
    ("ec2-198-51-100-7.eu-west-1.compute.amazonaws.com", "Amazon EC2 names"),
    ("name.eu-west-1.elb.amazonaws.com", "Amazon EC2 names"),
    ("bucket.storage.googleapis.com", "Google Cloud Storage"),
    ("firebasestorage.googleapis.com", "Firebase and Google App Engine"),
    ("account.blob.core.windows.net", "Azure Blob Storage"),
    ("bucket.nyc3.digitaloceanspaces.com", "DigitalOcean Spaces and App Platform"),
    ("bucket.oss-cn-hangzhou.aliyuncs.com", "Alibaba Cloud OSS"),
    ("bucket.cos.ap-guangzhou.myqcloud.com", "Tencent Cloud COS"),
    ("bucket.s3.gra.io.cloud.ovh.net", "OVHcloud Object Storage"),
    ("pub-0.r2.dev", "Cloudflare R2, Pages and Workers"),
    ("user.github.io", "GitHub"),
    ("raw.githubusercontent.com", "GitHub"),
    ("user.gitlab.io", "GitLab"),
    ("x.blogspot.com", "Blogger"),
    ("x.blogspot.co.uk", "Blogger"),
    ("x.wordpress.com", "WordPress.com"),
    ("i0.wp.com", "Jetpack image CDN"),
    ("cdn.discordapp.com", "Discord"),
    ("telegra.ph", "Telegram"),
    ("d111.cloudfront.net", "Amazon CloudFront"),
    ("www.site.example.cdn.cloudflare.net", "Cloudflare"),
    ("e1.a.akamaiedge.net", "Akamai"),
    ("www.site.example.akadns.net", "Akamai traffic management"),
    ("zone.b-cdn.net", "bunny.net"),
    ("dualstack.x.map.fastly.net", "Fastly"),
    ("home.ddns.net", "No-IP"),
    ("name.uk.com", "CentralNic names"),
    ("web.archive.org", "Wayback Machine"),
    ("archive.org", "Internet Archive"),
    ("ipfs.io", "IPFS Foundation gateways"),
    ("site-example.translate.goog", "Google Translate"),
    ("edge.cdn-one.example", "Practice CDN"),
]

LOOKALIKES = [
    "evilcloudfront.net",
    "cloudfront.net.site.example",
    "d111.cloudfront.net.example",
    "notgithub.io.example",
    "my-blogspot.com",
    "xs3.eu-west-1.amazonaws.com.example",
    "bucket.s3.eu-west-1.amazonaws.com.site.example",
    "s3-eu-west-1-amazonaws.com",
    "oss-cn-hangzhou.aliyuncs.com.example",
    "web-archive.org",
    "fakeipfs.io",
]


def decides(host: str) -> Edge | None:
    """The entry of the longest suffix, found without the product's own choice."""
    found = [(len(suffix), edge) for edge in shipped_edges() for suffix in edge.suffixes if under(host, suffix)]
    return max(found, key=lambda each: each[0])[1] if found else None


def every(key: str) -> list[tuple[str, str]]:
    """Each value of a list in the tables, with the name of its entry."""
    return [(str(value), edge.name) for edge in shipped_edges() for value in getattr(edge, key)]


def test_the_tables_know_many_companies_of_every_kind() -> None:
    known = Counter(edge.certainty for edge in shipped_edges())
    assert known[Certainty.CDN_EDGE] >= 30
    assert known[Certainty.SHARED_PLATFORM] >= 100
    assert known[Certainty.ORIGIN] >= 10
    assert {edge.shows for edge in shipped_edges()} == {*Shows, None}


@pytest.mark.parametrize("edge", shipped_edges(), ids=lambda edge: edge.name)
def test_each_entry_says_whence_and_when(edge: Edge) -> None:
    assert "https://" in edge.source or edge.source == "the practice internet"
    assert edge.noted >= WRITTEN
    assert edge.suffixes or edge.networks or edge.asns or edge.ranges


def test_every_name_stands_once_over_all_tables() -> None:
    assert [name for name, times in Counter(edge.name for edge in shipped_edges()).items() if times > 1] == []


@pytest.mark.parametrize("key", ["suffixes", "networks", "asns", "ranges"])
def test_no_sign_belongs_to_two_entries(key: str) -> None:
    values = Counter(value for value, _ in every(key))
    assert values
    assert [value for value, times in values.items() if times > 1] == []


def test_no_suffix_is_a_top_level_or_a_public_suffix_of_the_icann_section() -> None:
    assert registrable_domain("co.uk") is None  # what the next line would find
    assert [suffix for suffix, _ in every("suffixes") if registrable_domain(suffix) is None] == []


def test_a_pattern_never_stands_where_somebody_could_register_a_name() -> None:
    patterns = [suffix for suffix, _ in every("suffixes") if "*" in suffix]
    assert patterns
    assert [suffix for suffix in patterns if "*" in str(registrable_domain(suffix))] == []


def test_no_range_lies_within_anothers_company() -> None:
    ranges = [(block, edge.name) for edge in shipped_edges() for block in edge.ranges]
    overlapping = [
        (str(one), str(other))
        for (one, owner), (other, second) in combinations(ranges, 2)
        if owner != second and one.version == other.version and one.overlaps(other)
    ]
    assert len(ranges) > 100
    assert overlapping == []


def test_every_range_is_of_public_addresses_and_small_enough_to_be_one_companys() -> None:
    ranges = [block for edge in shipped_edges() for block in edge.ranges]
    assert [str(block) for block in ranges if not block.is_global or block.is_multicast] == []
    assert [str(block) for block in ranges if block.prefixlen < (12 if block.version == 4 else 29)] == []


def test_no_as_number_is_one_of_documentation_or_private_use() -> None:
    numbers = [int(value) for value, _ in every("asns")]
    private = [*range(64496, 65552), *range(4200000000, 4200000010)]
    assert numbers
    assert set(numbers).isdisjoint(private)


def test_no_pattern_of_networks_is_so_short_that_it_catches_strangers() -> None:
    assert [name for name, _ in every("networks") if len(name.partition("*")[0]) < 5] == []


def test_every_mail_address_is_plain_and_on_a_companys_domain_not_on_free_mail() -> None:
    addresses = [edge.email for edge in shipped_edges() if edge.email]
    assert len(addresses) > 20
    assert [address for address in addresses if mailboxes(address) != (address,)] == []
    assert [address for address in addresses if domain_of(address) in FREE_MAIL] == []
    assert [address for address in addresses if registrable_domain(domain_of(address)) is None] == []


def test_every_form_is_reached_by_https() -> None:
    forms = [edge.form for edge in shipped_edges() if edge.form]
    assert len(forms) > 20
    assert [form for form in forms if parse_url(form).scheme != "https"] == []


@pytest.mark.parametrize(("host", "name"), WELL_KNOWN)
def test_a_well_known_host_falls_under_its_company(host: str, name: str) -> None:
    found = judge(shipped_edges(), parse_url(f"https://{host}/"), (), ())
    assert [edge.name for edge in found.edges] == [name]
    assert decides(host) in found.edges


@pytest.mark.parametrize("host", LOOKALIKES)
def test_a_lookalike_falls_under_nobody(host: str) -> None:
    assert decides(host) is None
    assert judge(shipped_edges(), parse_url(f"https://{host}/"), (), ()).edges == ()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("104.16.0.1", "Cloudflare"),
        ("2606:4700::1111", "Cloudflare"),
        ("151.101.1.1", "Fastly"),
        ("13.32.0.1", "Amazon CloudFront"),
        ("45.60.0.1", "Imperva"),
        ("185.199.108.153", "GitHub"),
        ("8.8.8.8", None),
        ("54.240.0.1", None),
        ("172.234.0.1", None),
    ],
)
def test_an_address_lies_in_the_ranges_of_one_company_or_none(address: str, name: str | None) -> None:
    ip = ip_address(address)
    owners = [edge.name for edge in shipped_edges() if any(ip in block for block in edge.ranges)]
    assert owners == ([name] if name else [])


@pytest.mark.parametrize(
    ("asn", "network", "name"),
    [
        (20940, "AKAMAI", "Akamai"),
        (63949, "AKAMAI", "Linode"),
        (63949, "LINODE", "Linode"),
        (13335, "CLOUDFLARENET", "Cloudflare"),
        (54113, "SKYCA-3", "Fastly"),
        (32787, "CUSTOMER-NET", None),
        (16509, "AMAZON-4", None),
        (64500, "MY-CLOUDFLARENET", None),
    ],
)
def test_a_network_is_a_cdns_only_when_all_of_it_is(asn: int, network: str, name: str | None) -> None:
    ip = ip_address("203.0.113.7")
    known = NetworkFacts(ContactSource.RDAP, (), datetime(2030, 1, 1, tzinfo=UTC), name=network)
    facts = AddressFacts(ip, OriginFacts((asn,)), (known,))
    found = judge(shipped_edges(), parse_url("https://www.site.example/"), (), [facts])
    assert [edge.name for edge in found.edges] == ([name] if name else [])
    assert found.is_edge(0) == (name not in (None, "Linode"))
