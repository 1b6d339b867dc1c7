"""The tables, by noun. Rows are written and read here; what they mean is decided elsewhere."""

from hotline.records.base import Record, new_key
from hotline.records.cases import Assessment, Case, CasePrints, Episode, HostTurn, Move, Observation, Report, Sighting
from hotline.records.courses import Course
from hotline.records.crawling import Frontier, FrontierLink, HashCheckpoint, HashEntry, HashList, Ticket
from hotline.records.hosting import Contact, Finding, Provider, RegistryAnswer, Told
from hotline.records.ledger import AuditHead, AuditLeaf, KeyState, SchemaMeta
from hotline.records.notices import Delivery, HostAccess, Notice, NoticeCase, Reply, Said
from hotline.records.people import Approval, Credential, Dedicated, Embargo, Mandate, Release, Reveal, Staff

__all__ = [
    "Approval", "Assessment", "AuditHead", "AuditLeaf", "Case", "CasePrints", "Contact", "Course", "Credential",
    "Dedicated", "Delivery", "Embargo", "Episode", "Finding", "Frontier", "FrontierLink", "HashCheckpoint", "HashEntry",
    "HashList", "HostAccess", "HostTurn", "KeyState", "Mandate", "Move", "Notice", "NoticeCase", "Observation",
    "Provider", "Record", "RegistryAnswer", "Release", "Reply", "Report", "Reveal", "Said", "SchemaMeta",
    "Sighting", "Staff", "Ticket", "Told", "new_key",
]  # fmt: skip
