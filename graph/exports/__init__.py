"""Exports: files for spreadsheets, calendars and address books, written as a stream."""

from graph.exports.calendars import calendar
from graph.exports.files import Folder
from graph.exports.tokens import InvalidToken, Token, opened, sealed
from graph.exports.writers import FORMATS, Format, Writer, writer

__all__ = [
    "FORMATS",
    "Folder",
    "Format",
    "InvalidToken",
    "Token",
    "Writer",
    "calendar",
    "opened",
    "sealed",
    "writer",
]
