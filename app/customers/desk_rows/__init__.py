"""What the desk gives to its pages: small frozen rows. Of a restricted side that has not been opened, nothing is in them."""

from app.customers.desk_rows.accuracy import Accuracy, Agreement, Interval, Stratum
from app.customers.desk_rows.cases import CaseRow, HeldRecord
from app.customers.desk_rows.drift import DriftMonth, RateChange, SourceDrift
from app.customers.desk_rows.judging import BulkResult, BulkRow, JudgedRow, UndoneRow
from app.customers.desk_rows.pair import ComparedSide, DeskPair, Lineage, OpinionRow
from app.customers.desk_rows.splitting import BridgeRow, Member, SplitDesk, SplitPreview, SplitSide, SuspectRow
from app.customers.desk_rows.worklist import DeskCounts, DeskFilter, DeskPairRow, DeskSide

__all__ = [
    "Accuracy",
    "Agreement",
    "BridgeRow",
    "BulkResult",
    "BulkRow",
    "CaseRow",
    "ComparedSide",
    "DeskCounts",
    "DeskFilter",
    "DeskPair",
    "DeskPairRow",
    "DeskSide",
    "DriftMonth",
    "HeldRecord",
    "Interval",
    "JudgedRow",
    "Lineage",
    "Member",
    "OpinionRow",
    "RateChange",
    "SourceDrift",
    "SplitDesk",
    "SplitPreview",
    "SplitSide",
    "Stratum",
    "SuspectRow",
    "UndoneRow",
]
