"""Making a report: the figures of a period gathered as a document, written in a format, and kept."""

import os
from datetime import UTC, date
from pathlib import Path

from memory.database import begin_write
from memory.enums import Metric, ReportFormat
from memory.house import COMPANY_NAME, house_fact
from memory.reports import Report
from tools.analysing.dashboard import Dashboard, campaign_head, campaign_rows, dashboard
from tools.analysing.definitions import DEFINITIONS, label, shown
from tools.analysing.figures import Book
from tools.analysing.findings import Looked
from tools.analysing.insights import insights, recommendations
from tools.analysing.periods import Span
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.reporting.document import Block, Bullets, Chart, Document, Paragraph, Section, Table
from tools.show import count, day, moment, number, percent, words

MEDIA = {
    ReportFormat.HTML: ("html", "text/html; charset=utf-8"),
    ReportFormat.PDF: ("pdf", "application/pdf"),
    ReportFormat.MARKDOWN: ("md", "text/markdown; charset=utf-8"),
}
#: What is drawn over time, as far as it was measured.
DRAWN = (Metric.CONVERSIONS, Metric.REVENUE, Metric.LEADS, Metric.CLICKS)
MOST_DRAWN = 3


class ReportMade(Result):
    """A report that was made. `path` is its file on the hub's machine; None where the hub keeps no files (it is then
    kept in the database alone). size is in bytes."""

    id: int
    title: str
    format: ReportFormat
    file_name: str
    path: str | None
    size: int
    start: date
    end: date
    sections: tuple[str, ...]
    about: tuple[RecordLink, ...]
    empty: bool

    @property
    def text(self) -> str:
        where = f"Open it at `{self.path}`." if self.path else f"It is kept in the hub as report {self.id}."
        size = f"{max(self.size // 1024, 1):,} kB"
        said = f"**{self.title}** is ready: {self.format.value.upper() if self.format != 'markdown' else 'Markdown'}, {size}. {where}"
        if self.empty:
            return f"{said}\n\nNothing was measured in these days, and the report says so."
        return f"{said}\n\nIt holds: {', '.join(self.sections)}."

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return self.about


def make_report(ctx: Context, span: Span, format: ReportFormat) -> ReportMade:
    """Gather, write and keep. The writing transaction begins only when the file is finished: until then it can be stopped,
    and nothing of it is there."""
    ctx.tell("Reading the figures …")
    board = dashboard(ctx, span)
    ctx.tell("Looking for what stands out …")
    document = the_document(ctx, span, board)
    ctx.tell(f"Writing {count(len(document.sections), 'section')} as a file …")
    content = write_as(document, format)
    ctx.tell("Keeping it …")
    suffix, media_type = MEDIA[format]
    ctx.session.commit()
    begin_write(ctx.session)
    report = Report(
        title=document.title,
        format=format,
        media_type=media_type,
        file_name="",
        start_date=span.start,
        end_date=span.end,
        size=len(content),
        content=content,
        created_at=ctx.now.astimezone(UTC),
    )
    ctx.session.add(report)
    ctx.session.flush()
    report.file_name = f"report-{report.id}-{span.start}-to-{span.end}.{suffix}"
    ctx.session.flush()
    return ReportMade(
        id=report.id,
        title=report.title,
        format=format,
        file_name=report.file_name,
        path=_file(ctx, report.file_name, content),
        size=report.size,
        start=span.start,
        end=span.end,
        sections=tuple(section.title for section in document.sections),
        about=board.links[:10],
        empty=not board.kpis and not board.beside,
    )


def write_as(document: Document, format: ReportFormat) -> bytes:
    """The document as a file of this format."""
    if format == ReportFormat.HTML:
        from tools.reporting.html import as_html

        return as_html(document)
    if format == ReportFormat.PDF:
        from tools.reporting.pdf import as_pdf

        return as_pdf(document)
    from tools.reporting.markdown import as_markdown

    return as_markdown(document)


def the_document(ctx: Context, span: Span, board: Dashboard) -> Document:
    """The report of these days; what was not measured is left out, and said."""
    about = Looked(ctx, span)
    company = house_fact(ctx.session, COMPANY_NAME)
    sections = [
        Section("Key figures", _figures(board)),
        Section("Over time", _over_time(about.now, board.currency)),
        Section("Channels", _channels(board)),
        Section("Campaigns", _campaigns(board)),
        Section("What stands out", _findings(about)),
        Section("What to do next", _actions(about)),
        Section("How the figures are defined", _definitions(board)),
    ]
    return Document(
        title=f"Marketing report{f' of {company}' if company else ''}",
        subtitle=span.text + (f"; compared with {board.before}" if board.before else ""),
        made=f"Made by Marketing Hub on {moment(ctx.now)} ({ctx.clock.zone.key}).",
        sections=[section for section in sections if section.blocks],
    )


def _figures(board: Dashboard) -> list[Block]:
    if not board.kpis:
        return [
            Paragraph(
                "Nothing was measured in these days: no events, and no recorded figures that carry a day of them."
            )
        ]
    rows = [[*one.row(board.currency), ", ".join(link.name for link in one.sources[:2])] for one in board.kpis]
    blocks: list[Block] = [Table(("Figure", "Now", "Before", "Change", "Most from"), rows)]
    if board.rates:
        blocks.append(Paragraph("; ".join(f"{one.name} {one.shown}" for one in board.rates) + "."))
    if board.imported:
        blocks.append(Paragraph("These figures hold imported history.", quiet=True))
    return blocks


def _over_time(own: Book, currency: str) -> list[Block]:
    found: list[Block] = []
    for metric in DRAWN:
        values = own.series(metric)
        if len(values) < 7 or sum(1 for value in values.values() if value) < 3 or len(found) == MOST_DRAWN:
            continue
        most = max(values, key=lambda one: values[one])
        title = (
            f"{label(metric)} a day, {own.span.text}: {shown(metric, sum(values.values()), currency)} in all, most on "
            f"{day(most)} ({shown(metric, values[most], currency)})"
        )
        shown_values = [shown(metric, value, currency) for value in values.values()]
        chart = Chart(title, [f"{one.day} {one:%b}" for one in values], list(values.values()), shown_values, line=True)
        found += [Paragraph(title + "."), chart]
    return found


def _channels(board: Dashboard) -> list[Block]:
    if not board.channels:
        return []
    labels = [words(one.channel) if one.channel else "no single channel known" for one in board.channels]
    values = [one.conversions for one in board.channels]
    told = [f"{number(one.conversions)} ({percent(one.share)})" for one in board.channels]
    title = "Conversions by channel: " + ", ".join(f"{a} {b}" for a, b in zip(labels, told, strict=True))
    return [Paragraph(title + "."), Chart(title, labels, values, told)]


def _campaigns(board: Dashboard) -> list[Block]:
    blocks: list[Block] = []
    if board.campaigns:
        blocks.append(Table(campaign_head(), campaign_rows(board.campaigns, board.currency), names=2))
    if board.beside:
        blocks.append(
            Paragraph(
                "Imported totals of campaigns that ran on other days too; they carry no day and are not counted above:"
            )
        )
        blocks.append(Table(campaign_head(), campaign_rows(board.beside, board.currency), names=2))
    return blocks


def _findings(about: Looked) -> list[Block]:
    found = insights(about)
    if found.findings:
        return [Bullets([one.text for one in found.findings])]
    return [Paragraph("Nothing: every figure is within what chance explains.")] if found.measured else []


def _actions(about: Looked) -> list[Block]:
    found = recommendations(about)
    lines = [f"{one.why} Say in the chat: “{one.say}”" for one in found.actions] + [one.what for one in found.open]
    return (
        [Bullets(lines)]
        if lines
        else [Paragraph(f"{count(0, 'thing').capitalize()} to do: nothing waits or stands out.")]
    )


def _definitions(board: Dashboard) -> list[Block]:
    named = [one.metric for one in board.kpis]
    return [Bullets([f"{label(metric)}: {DEFINITIONS[metric]}" for metric in named])] if named else []


def _file(ctx: Context, name: str, content: bytes) -> str | None:
    """Write the file into the hub's folder for reports, whole or not at all."""
    if ctx.files is None:
        return None
    folder = ctx.files / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.{os.getpid()}"
    partial.write_bytes(content)
    path = Path(folder / name)
    partial.replace(path)
    return str(path)
