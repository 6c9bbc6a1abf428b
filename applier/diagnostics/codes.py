"""Every code that a message can end with, besides the rules of the checks: where from, how bad, and what it means.

`summary` is the constant one of its diagnostics. `checks.rules` has its own rows; together they are the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applier.diagnostics.diagnostic import Diagnostic, Place, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One row. `origin` is the step that finds it; `severity` is the usual one, `why` says when it is another."""

    code: str
    origin: str
    severity: Severity
    summary: str
    why: str


_ERRORS = {
    "reading": """
duplicate-key | Key given twice | YAML would silently take the last one; the message shows both lines.
endless-alias | Alias inside its own anchor | The value would contain itself.
file-not-found | File not found | A path on the command line, or in the spec, leads nowhere.
file-too-large | File too large | A spec file is text written by people; this one is something else.
file-unreadable | File cannot be read | Permissions, most often.
key-not-text | Key is not a text | Keys are names; a number or a list as a key needs quotes, or is a mistake.
merge-not-a-mapping | Merge of something else than a mapping | `<<` takes in mappings only.
nested-too-deep | Nested too deep | No part of a spec needs that many levels.
not-utf8 | File is not UTF-8 | Save it as UTF-8 text.
no-spec-files | Folder without spec files | There is no *.yaml or *.yml in the folder or below it.
not-a-file | Not a file or folder | The path is something else, such as a device.
not-a-json-number | Number that JSON cannot carry | The API speaks JSON, which has no infinity and no NaN.
not-a-mapping | Not a mapping | A spec file holds keys and values, not a list or a bare text.
too-many-aliases | Too many values through aliases | A few lines would unfold into millions of values.
unknown-tag | YAML tag not allowed | Only the tags of YAML's own types mean something here.
wrong-tag | Value does not fit its tag | Such as `!!int` before a word.
yaml-syntax | Not valid YAML | The place is where the parser gave up; the mistake is often a line above.
""",
    "placeholders": """
file-outside-project | File outside the project | `${file:…}` reads only below the folder of the spec.
included-file | Included file cannot be used | It is missing, cannot be read, or is no text.
malformed-variable | Malformed variable | `--var` takes NAME=VALUE.
placeholder-malformed | Malformed placeholder | It is not `${env:NAME}`, `${file:path}` or `${var:name}`.
placeholder-nested | Placeholder inside a placeholder | Defaults are plain text.
placeholder-not-closed | Placeholder without end | The `}` is missing; `$${` is a literal `${`.
placeholder-unknown | Unknown placeholder | Before the colon stands `env`, `file` or `var`.
unknown-environment | Unknown environment | `--env` names one that the spec does not have.
variable-empty | Environment variable empty | A secret that CI does not have is empty; `${env:NAME:-}` allows it.
variable-in-variable | Variable made of a variable | `${var:…}` cannot stand in the value of another.
variable-not-allowed | Value of a variable not allowed | `allowed` lists the values that it can have.
variable-not-declared | Variable not declared | A value is given to no variable; a warning for APPLIER_VAR_….
variable-not-utf8 | Value is not UTF-8 | Bytes of another coding cannot be sent; base64 is text.
variable-not-set | Environment variable not set | It has no value and no default (`${env:NAME:-default}`).
variable-type | Wrong type of a variable | `type` says string, number, boolean or list.
variable-unknown | Unknown variable | `${var:name}` names one that is not declared under `variables`.
variable-without-value | Variable without value | Neither an option, nor the environment, nor a default gives one.
variables-as-spec | Values of variables in place of a spec | `--var-file` reads them; `*.vars.yaml` is no spec.
""",
    "shape": """
bad-name | Name not allowed | The hint says which names can.
duplicate-name | Name given twice | Two files or places declare the same; the message shows both.
id-twice | Id given twice | Two declarations are pinned to one live object.
empty-name | Empty name | Everything is found by its name.
empty-value | Empty value | The member cannot be empty; leave it out instead.
given-twice | Given twice | Something that a project says once stands in two files.
item-twice | Item given twice | A list names the same thing twice.
key-not-used | Key not used here | It belongs to another form of the same part, such as another frequency.
malformed-value | Malformed value | It is not written as it has to be; the hint shows how.
missing-key | Missing key | The part does not work without this member.
unknown-key | Unknown key | Most often a slip of the pen; the hint names the nearest.
unknown-override | Override of nothing | An environment overrides a resource that is not declared.
value-not-allowed | Value not allowed | The member takes only certain words.
value-out-of-range | Value out of range | Such as minute 75.
value-too-short | Value too short | The list needs more items.
wrong-type | Wrong type | A text where a number belongs, a list where a mapping does.
""",
    "meaning": """
connection-type-file | Connection type cannot be used | A file in connection_types/ is not the schema of one.
field-without-model | Field without model | The sync names no `model`, and neither does the field.
filter-logic | Filter logic does not fit | It names a letter without a filter, or is no expression.
identity-and-identities | Identity and identities | A sync has one or the other.
moved-and-removed | Moved and removed | A name cannot be both.
moved-but-declared | Moved and declared | The old name is still declared.
moved-chain | Chain of moves | Say the first and the last name only.
moved-onto-one | Two moves onto one name | Two objects cannot have the same name.
moved-to-nothing | Moved to a name that is not declared | Declare it under the new name.
new-target-without-name | New target without name | Say `create: {name: …}`.
object-and-create | Object and create | A target exists already or is made.
only-one | More than one where one can exist | An organization has one webhook.
passphrase-missing | Encryption without passphrase | A field with `encrypt` needs `encryption_passphrase`.
reference-cycle | Circle of references | Each of these syncs would run after the others, so none ever would.
removed-but-declared | Removed and declared | A name cannot be both.
removed-twice | Removed twice | Once is enough.
target-filter-mode | Target filter in another mode than update | Polytomic allows it only there.
unknown-reference | Name not declared | Nor live; offline only a warning, unless a name is near.
value-missing | Value missing | The function of a filter compares with something.
value-not-used | Value not used | The function of a filter compares with nothing.
""",
    "linking": """
ambiguous-name | a name is live more than once | `id` pins one of them, or rename the others in Polytomic.
left-out | something that is needed was left out | --target or --exclude leave out what is not live yet.
move-blocked | a moved name is taken | Something live has the new name already.
needs-version | the API version does not have this | The hint names the version that has it.
no-such-name | no live object of that name | The hint names the nearest, or all.
not-live | what is not managed here has to exist | `managed: false` names something that people made.
pinned-missing | an id leads nowhere | The object that `id` pins was deleted.
""",
    "plan": """
cannot-change | no update can change this member | Such as a connection's type: --allow-replace makes it anew.
secret-not-available | an update replaces the whole object and needs all of its secrets | Give the secret as `${env:…}`.
stale-plan | the saved plan no longer fits | The spec, its values or what it touches has changed; make a new one.
still-used | what others use cannot be deleted | --force-delete takes the users along, and the plan lists them.
""",
    "brakes": """
drift-refused | an edit of the service that is not in the base is not overwritten | --refuse-drift; exit 3.
protected | a protected resource is neither deleted nor replaced | It says `protect: true`; exit 3.
too-many-deletes | the plan has more deletes than the limit | Look; then --force, or `limits` in the spec; exit 3.
too-many-updates | the plan has more updates than the limit | Look; then --force, or `limits` in the spec; exit 3.
whole-kind-gone | the spec declares nothing of a kind that it owns | Most often a file that is gone; exit 3.
""",
    "service": """
service | the service refused or could not be reached | The message has its words, and what was asked.
""",
    "command line": """
bad-base | the spec at the base is not valid | --base names a state of the repository that did not validate.
bad-lock | applier.lock cannot be used | It is damaged, or APPLIER_LOCK_KEY is too short.
bad-sandbox | the sandbox cannot use its folder | Another --sandbox-data, or `applier sandbox reset`.
bad-schemas | the recorded schemas cannot be used | Record them again: `applier schema --snapshot`.
bad-seed | a seed file cannot be loaded | See examples/mysql-to-snowflake/seed for the form.
in-the-way | files to write are there already | --force writes over them.
no-api-key | there is no API key | Set POLYTOMIC_API_KEY, or the variable that the environment of the spec names.
no-base | a base is missing | --refuse-drift needs --base.
no-folder | a folder to write into is missing | The option needs --out DIR.
no-git | git does not help | --base needs git and a ref of this repository.
no-sandbox | the sandbox is not installed | pip install 'polytomic-applier[sandbox]'
no-such-address | a glob that fits no address | Addresses look like "syncs/NAME"; quote globs from the shell.
no-such-sync | no sync of that name | `applier status` lists what is live.
no-terminal | there is no terminal to confirm on | Look at the plan, then pass --yes.
plan-needs-secret | The saved plan needs a secret again | `--var` gave one to the plan; it is not saved.
not-a-plan | not a saved plan | Make one with `applier plan --out FILE`.
not-a-state | not a Terraform state | Write it with `terraform show -json`.
not-added | the file cannot take it | It has it already, or its lines would have to change: another --file.
not-saved | a file cannot be written | Choose another.
nothing-to-scaffold | nothing to make something of | The connection offers nothing that fits.
""",
}
_WARNINGS = {
    "reading": """
empty-file | Empty file | It declares nothing; remove it, or fill it.
not-formatted | File cannot be put in order | `applier fmt` leaves it, since its meaning would change.
""",
    "meaning": """
filter-logic-ambiguous | Filter logic over both kinds of filters | Which letters target filters get is not certain.
mapping-onto-identity | Mapping onto the identity's target | The identity writes it; Polytomic drops the mapping.
placeholder-in-key | Placeholder in a key | Keys are names; they are taken as they are written.
names-alike | Names look alike | Two names of one kind differ only in capitals, blanks or how letters are coded.
no-effect | No effect | It says something that counts nowhere.
secret-in-file | Secret written in a file | Use `${env:NAME}`: what is in git stays there.
setting-without-effect | Setting without effect | Polytomic fills it in.
unknown-connection-type | Unknown connection type | Its settings are not checked; an error if a known one is near.
unknown-setting | Unknown setting | The type is not known to have it; it is sent as it is.
""",
    "plan": """
left-over | a replacement was begun and given up | Its stand-in is still live.
likely-rename | a create looks like a rename | If it is one, `moved` keeps the object and its history.
not-finished | something live cannot be used yet | A person has to sign in; what needs it waits.
""",
    "checks": """
incomplete-scaffold | the scaffold is not complete | The model has nothing for some of what the target needs.
schema-moved | a live schema is no longer as it was recorded | `drift` compares with applier.schemas.json.
""",
    "export": """
no-counterpart | a spec has no word for this | Keep it in Terraform, or look after it by hand.
not-exported | something cannot be said by a name | It is left out, or two objects have one name.
""",
    "reports": """
drift-changed | live is not as declared | Only in forms such as SARIF and JUnit, as are all below.
drift-missing | declared, but not live | Somebody deleted or renamed it.
drift-to-be-removed | to be removed, but still live | `removed` names it, and nobody applied that yet.
drift-coverage | less is described than is wanted | --min-coverage says how much of what is live it has to be.
drift-unmanaged | live inside owns, but not declared | --prune would delete it, `applier adopt` describes it.
""",
}
ORIGINS = (
    ("reading", "the files as YAML"),
    ("placeholders", "environments, variables, `${…}`"),
    ("shape", "names, keys and types, by the schema"),
    ("meaning", "what the parts say together, still offline"),
    ("linking", "the names in the files and those in the workspace"),
    ("plan", "what would change, and whether it can"),
    ("brakes", "refused for safety"),
    ("checks", "what connections really offer"),
    ("service", "the API and the way to it"),
    ("export", "what the workspace or a state has and a spec cannot say"),
    ("command line", "options, files and tools around it"),
    ("reports", "only in the forms for machines"),
)


def _rows() -> dict[str, Code]:
    found = {}
    for severity, tables in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS)):
        for origin, table in tables.items():
            for line in table.strip().splitlines():
                code, summary, why = (part.strip() for part in line.split(" | "))
                found[code] = Code(code, origin, severity, summary, why)
    return dict(sorted(found.items()))


CODES: Mapping[str, Code] = MappingProxyType(_rows())


def diagnose(
    code: str,
    detail: str,
    place: Place | None = None,
    hint: str | None = None,
    *,
    severity: Severity | None = None,
    address: str | None = None,
    related: tuple[Place, ...] = (),
) -> Diagnostic:
    """Return the diagnostic of a code, with the summary of the table, and its severity where none is given.

    Raises KeyError for a code that the table does not have.
    """
    row = CODES[code]
    return Diagnostic(code, row.summary, detail, place, hint, severity or row.severity, address, related)
