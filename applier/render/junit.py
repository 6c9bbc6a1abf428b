"""The form `junit`: a test case per resource or problem, which fails if something is wrong or differs."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from applier.diagnostics import Severity
from applier.execute import Status
from applier.render.parts.findings import Finding, describe_diagnostic, describe_differences
from applier.render.parts.places import HERE, Repository
from applier.render.parts.words import printable
from applier.report import Report


def render(report: Report, repository: Repository = HERE) -> str:
    """Return one suite. Errors are `error`, drift is `failure`; warnings and planned changes are cases that pass."""
    cases = list(_cases(report, repository))
    suite = Element("testsuite", name=f"applier {report.command}", tests=str(len(cases)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(one.find(tag) is not None for one in cases)))
    suite.extend(cases)
    root = Element("testsuites", {name: value for name, value in suite.attrib.items() if name != "skipped"})
    root.set("name", "applier")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _cases(report: Report, repository: Repository) -> Iterator[Element]:
    problems = [describe_diagnostic(one) for one in report.all_diagnostics]
    differences = list(describe_differences(report))
    for one in (*problems, *differences):
        case = _case(report.command, one.address or one.code, one, repository)
        if one.severity is Severity.ERROR:
            _fail(case, "error", one)
        elif report.command == "drift" and one in differences:
            _fail(case, "failure", one)
        else:
            SubElement(case, "system-out").text = f"{one.severity}: {one.message}"
        yield case
    for address in _passing(report):
        yield Element("testcase", classname=_class(report.command, address), name=printable(address))
    if report.plan is None and not any(one.severity is Severity.ERROR for one in problems):
        yield Element("testcase", classname=f"applier.{report.command}", name="the whole spec")


def _passing(report: Report) -> tuple[str, ...]:
    """Return the addresses that are unchanged or were applied."""
    if report.outcomes is not None:
        return tuple(one.address for one in report.outcomes if one.status is Status.DONE)
    return report.plan.unchanged if report.plan else ()


def _case(command: str, name: str, one: Finding, repository: Repository) -> Element:
    case = Element("testcase", classname=_class(command, one.address), name=name)
    if one.place:
        case.set("file", printable(repository.path(one.place)))
        case.set("line", str(one.place.line))
    return case


def _class(command: str, address: str) -> str:
    kind = address.partition("/")[0]
    return f"applier.{command}.{kind}" if kind else f"applier.{command}"


def _fail(case: Element, tag: str, one: Finding) -> None:
    place = f"{case.get('file')}:{case.get('line')}: " if one.place else ""
    SubElement(case, tag, type=one.code, message=one.lines[0]).text = place + one.message
