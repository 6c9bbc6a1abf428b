"""The table of all diagnostic codes except those of live checks: origin, severity, summary and explanation.

The rules of live checks are in `checks/rules.py`. Both tables together are the catalogue of codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applier.diagnostics.diagnostic import Diagnostic, Place, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table. `origin` is the step that reports it, `severity` the default severity."""

    code: str
    origin: str
    severity: Severity
    summary: str
    why: str


_ERRORS = {
    "reading": """
duplicate-key | Duplicate key | YAML would silently take the last value. The message shows both lines.
endless-alias | Alias inside its own anchor | The value would contain itself.
file-not-found | File not found | A path on the command line or in the spec does not exist.
file-too-large | File too large | A spec file is text written by people. This file is probably something else.
file-unreadable | Cannot read file | Usually a matter of permissions.
inexact-number | Number is not exact | JSON numbers are 64-bit numbers, which would carry another one.
key-not-text | Key is not text | Keys are names. Quote a number that is meant as a name.
merge-not-a-mapping | Merge key needs a mapping | `<<` merges mappings only.
nested-too-deep | Nested too deeply | Nesting is limited to 100 levels.
not-utf8 | File is not UTF-8 | Save the file as UTF-8 text.
no-spec-files | No spec files in folder | The folder and its subfolders contain no *.yaml or *.yml file.
not-a-file | Not a file or folder | The path is something else, such as a device.
not-a-json-number | Number not allowed in JSON | The API speaks JSON, which has no infinity and no NaN.
not-a-mapping | Not a mapping | A spec file holds keys and values, not a list or plain text.
stream-not-writable | Cannot write to a stream | `fmt`, `pull` and `adopt` write to files, not to `-` or `<(…)`.
stream-twice | Standard input given twice | A spec and values of variables cannot both come from the standard input.
too-many-aliases | Too many values through aliases | A few lines would expand into millions of values.
unknown-tag | YAML tag not allowed | Only the tags of YAML's own types are supported.
wrong-tag | Value does not match its tag | For example `!!int` before a word.
yaml-syntax | Invalid YAML | The place is where the parser stopped. The mistake is often one line above.
""",
    "placeholders": """
file-outside-project | File outside the project | `${file:…}` reads only files below the folder of the spec.
included-file | Cannot use included file | The file is missing, empty, cannot be read, or is not text.
malformed-variable | Malformed variable | `--var` and APPLIER_VAR take NAME=VALUE.
placeholder-malformed | Malformed placeholder | Valid forms are `${env:NAME}`, `${file:path}` and `${var:name}`.
placeholder-nested | Placeholder inside a placeholder | A default is plain text.
placeholder-not-closed | Placeholder not closed | The `}` is missing. Write `$${` for a literal `${`.
placeholder-unknown | Unknown placeholder | The word before the colon is `env`, `file` or `var`.
unknown-environment | Unknown environment | `--env` names an environment that the spec does not declare.
variable-empty | Value is empty | CI passes a missing value as empty text. `default: ""` or `${env:NAME:-}` allows it.
variable-in-variable | Variable refers to a variable | The value of a variable cannot contain `${var:…}`.
variable-not-allowed | Variable value not allowed | `allowed` lists the accepted values.
variable-not-declared | Variable not declared | The value belongs to no declared variable. A warning for APPLIER_VAR_….
variable-not-utf8 | Value is not UTF-8 | Bytes in another encoding cannot be sent. Use base64 text.
variable-not-set | Environment variable not set | It has no value and no default (`${env:NAME:-default}`).
variable-type | Wrong variable type | `type` is string, number, boolean or list.
variable-unknown | Unknown variable | `${var:name}` refers to a variable that `variables` does not declare.
variable-without-value | Variable has no value | No option, environment variable or default sets it.
variables-as-spec | Variable file used as a spec | Pass it with `--var-file`. Files named `*.vars.yaml` are not specs.
""",
    "schema": """
bad-name | Name not allowed | The hint says which names are allowed.
duplicate-name | Duplicate name | Two places declare the same resource. The message shows both.
id-twice | Duplicate id | Two declarations are pinned to the same live object.
empty-name | Empty name | Resources are found by name.
empty-value | Empty value | The member cannot be empty. Remove it instead.
given-twice | Set twice | Two files set a value that a project sets once.
item-twice | Duplicate item | A list contains the same item twice.
key-not-used | Key not used here | The key belongs to another form of the same member, such as another frequency.
malformed-value | Malformed value | The hint shows the expected form.
missing-key | Missing key | The member is required.
unknown-key | Unknown key | Usually a typo; see the suggestion.
unknown-override | Override without a resource | An environment overrides a resource that is not declared.
value-not-allowed | Value not allowed | The member accepts a fixed set of values.
value-out-of-range | Value out of range | For example minute 75.
value-too-short | Too few items | The list needs more items.
wrong-type | Wrong type | For example text instead of a number, or a list instead of a mapping.
""",
    "validation": """
connection-type-file | Invalid connection type file | A file in connection_types/ is not a type's schema.
field-without-model | Field without model | Neither the sync nor the field names a `model`.
filter-logic | Invalid filter logic | It names a letter without a filter, or is not a valid expression.
identity-and-identities | Both identity and identities | A sync has one of them, not both.
mask-as-secret | Mask instead of a secret | The API shows asterisks for a secret. Sent back, they would replace it.
moved-and-removed | Both moved and removed | A name is either moved or removed.
moved-but-declared | Moved name is still declared | Remove the declaration of the old name.
moved-chain | Chained moves | Write the first and the last name only.
moved-onto-one | Two moves to one name | Two objects cannot have the same name.
moved-to-nothing | Moved to an undeclared name | Declare the resource under its new name.
new-target-without-name | New target has no name | Write `create: {name: …}`.
object-and-create | Both object and create | A target either exists or is created.
only-one | More than one declared | An organization has at most one webhook.
passphrase-missing | Encryption passphrase missing | A field with `encrypt` needs `encryption_passphrase`.
reference-cycle | Reference cycle | Each of these syncs waits for the others, so none of them would run.
removed-but-declared | Removed name is still declared | A name is either removed or declared.
removed-twice | Removed twice | List the name once.
target-filter-mode | Target filter requires mode update | Polytomic supports target filters only in the mode update.
unknown-reference | Reference not found | Neither declared nor live. Offline a warning, unless a similar name exists.
value-missing | Value missing | The filter function compares with a value.
value-not-used | Value not used | The filter function takes no value.
""",
    "resolving": """
ambiguous-name | Ambiguous name | Several live objects have the name. Pin one with `id`, or rename the others.
left-out | Dependency excluded by --target or --exclude | It is not live yet, or still has a name that is needed.
move-blocked | New name already in use | Another live object has the new name and keeps it.
needs-version | Not available in this API version | The hint names the version that has it.
no-such-name | Not found | No live object has this name. See the suggestion.
not-live | Unmanaged resource not found | `managed: false` refers to an object that must already exist.
pinned-missing | Id not found | The object that `id` pins does not exist.
""",
    "plan": """
cannot-change | Member cannot be updated | For example the type of a connection. --allow-replace replaces the object.
secret-not-available | Secret required for update | An update sends the whole object. Provide the secret as `${env:…}`.
stale-plan | Saved plan is stale | The spec, its values or a live object has changed. Create a new plan.
still-used | Resource is in use | --force-delete deletes the dependents too, and the plan lists them.
system-object | Built-in object | Built-in roles and policies cannot be deleted or renamed, built-in roles not managed.
unfinished-exchange | Unfinished exchange of names | An object has an interim name while its name would be created.
""",
    "safety": """
drift-refused | Live edit is not in the base | --refuse-drift does not overwrite it; exit code 3.
protected | Resource is protected | `protect: true` prevents delete and replace; exit code 3.
too-many-deletes | Too many deletes | Review the plan, then use --force or raise `limits`; exit code 3.
too-many-updates | Too many updates | Review the plan, then use --force or raise `limits`; exit code 3.
left-out-deleted | A file that is not read declares a delete | See `file-left-out`; exit code 3.
whole-kind-gone | No resources of an owned kind are declared | A spec file is probably missing; exit code 3.
""",
    "service": """
service | Request failed | The service refused the request or could not be reached. The message quotes it.
""",
    "command line": """
ambiguous-target | Name without a kind is ambiguous | Write the address, such as "syncs/NAME".
argument-empty | Argument is empty | An argument of the Python API, for example from a variable that is not set.
bad-base | Cannot use the base | The spec at --base is invalid, or the paths lie in several repositories.
bad-lock | Cannot use applier.lock | The file is damaged or has a merge conflict, or APPLIER_LOCK_KEY is too short.
bad-sandbox | Cannot use the sandbox folder | Choose another --sandbox-data, or run `applier sandbox reset`.
bad-schemas | Cannot use the recorded schemas | Record them again with `applier schema --snapshot`.
bad-seed | Cannot load seed file | See examples/mysql-to-snowflake/seed for the format.
bad-setting | Setting of the environment cannot be used | A proxy or a file of certificates, from a variable.
in-the-way | Output files already exist | --force overwrites them.
insecure-url | URL is not encrypted | The API key could be read on the way. Use https://, or --insecure.
no-api-key | API key not set | Set POLYTOMIC_API_KEY, or the variable that the environment of the spec names.
no-base | Base not set | --refuse-drift requires --base.
no-folder | Output folder not set | The option requires --out DIR.
no-git | Cannot read the git base | --base requires git and a commit of this repository.
no-sandbox | Sandbox not installed | Run pip install 'polytomic-applier[sandbox]'.
no-such-address | No matching address | Addresses look like "syncs/NAME". Quote globs in the shell.
no-such-sync | Sync not found | `applier status` lists the live syncs.
no-terminal | No terminal to confirm on | Review the plan, then pass --yes.
plan-needs-secret | Saved plan requires a secret | `--var` passed a secret to the plan. Secrets are not saved.
not-a-plan | Not a saved plan | Create one with `applier plan --out FILE`.
not-a-state | Not a Terraform state | Create one with `terraform show -json`.
not-added | Cannot add to file | It declares the resource already, or its lines would change. Use another --file.
not-saved | Cannot write file | Choose another path. A plan replaces only an older plan.
nothing-to-scaffold | Nothing to scaffold | The connection offers no matching object.
other-lock-key | applier.lock has another key | Set the key that it was written with, or replace that key.
""",
    "reports": """
apply-conflict | Change conflict | The object has changed since the plan. It is not overwritten.
apply-failed | Change failed | The service refused the change or could not be reached. The message quotes it.
apply-not-converged | Change not converged | The change was written, but the service keeps other values.
apply-not-started | Change not started | The run was interrupted before the change.
apply-outcome-unknown | Outcome of the change unknown | A second interrupt ended the wait for it. Plan again.
apply-skipped | Change skipped | A change that this one depends on was not applied.
apply-waiting | Change waiting | A person has to complete the new object. Dependents wait.
destroy-conflict | Change conflict | The object has changed since the plan. It is not deleted.
destroy-failed | Change failed | The service refused to delete the object or could not be reached.
destroy-not-started | Change not started | The run was interrupted before the object was deleted.
destroy-outcome-unknown | Outcome of the delete unknown | A second interrupt ended the wait for it. Plan again.
destroy-skipped | Change skipped | A dependent of the object was not deleted.
""",
}
_WARNINGS = {
    "reading": """
file-left-out | File not read | It may declare resources, but is hidden, has another ending, or is not in the project.
link-loop | Link to a folder around it | Its files are read once, without the link.
empty-file | Empty file | The file declares nothing. Remove or fill it.
not-formatted | Cannot format file | `applier fmt` leaves the file unchanged because its meaning would change.
""",
    "validation": """
filter-logic-ambiguous | Ambiguous filter logic | It is not documented which letters target filters get.
mapping-onto-identity | Mapping onto the identity field | The identity writes this field. Polytomic drops the mapping.
placeholder-in-key | Placeholder in a key | Keys are names and are not filled in.
invisible-character | Name has characters that cannot be seen | Such as a no-break space, or a blank at the end.
names-alike | Similar names | Two names of one kind look the same, or differ only in case, spaces or Unicode form.
no-effect | No effect | The value is not used.
secret-in-file | Secret in a file | Use `${env:NAME}`. Git keeps everything that was ever committed.
setting-without-effect | Setting has no effect | Polytomic computes this setting.
unknown-connection-type | Unknown connection type | Its settings are not checked. An error if a similar type exists.
unknown-setting | Unknown setting | The setting is not known for this type. It is sent unchanged.
""",
    "plan": """
base-not-merged | Base is not in the history | Changes of the base that HEAD does not have are undone by the plan.
base-unknown | Object is not in the base | It may have been edited live; --refuse-drift does not overwrite it.
left-over | Incomplete replacement | The temporary object of an earlier replacement is still live.
likely-rename | Possible rename | If it is a rename, `moved` keeps the object and its history.
name-or-glob | Name that is also a glob | It means one object, and more once nothing has the name.
not-finished | Authorization required | A person has to sign in. Dependents wait.
""",
    "checks": """
incomplete-scaffold | Incomplete scaffold | The model has no field for a required target field.
schema-moved | Live schema has changed | `drift` compares it with applier.schemas.json.
""",
    "export": """
no-counterpart | Not supported in a spec | Keep it in Terraform, or manage it by hand.
not-exported | Not exported | The object cannot be referred to by a name, or shares its name with another.
""",
    "command line": """
lock-merged | Secret was applied on both sides | `applier lock merge` marks it, and the next apply sends it again.
""",
    "reports": """
drift-changed | Changed | The live object differs from the spec.
drift-not-applied | Not applied | The spec changed, or the value of a secret, and `apply` did not run since.
drift-missing | Missing | The resource is declared but not live.
drift-to-be-removed | Pending removal | `removed` lists it, and it is still live.
drift-coverage | Coverage below the minimum | --min-coverage sets the required share of described live objects.
drift-unmanaged | Unmanaged | Inside `owns`, but not declared. `--prune` deletes it, `applier adopt` declares it.
plan-delete | Resource to delete | The plan deletes a live object.
plan-replace | Resource to replace | The plan deletes a live object and creates it again.
""",
}
_NOTES = {
    "reports": """
plan-create | Resource to create | The plan creates an object.
plan-rename | Resource to rename | The plan changes the name of a live object, and perhaps other members.
plan-update | Resource to update | The plan changes members of a live object.
""",
}
ORIGINS = (
    ("reading", "reading YAML files"),
    ("placeholders", "environments, variables and placeholders"),
    ("schema", "names, keys and types, checked by the schema"),
    ("validation", "offline checks beyond the schema"),
    ("resolving", "resolving names against the workspace"),
    ("plan", "what changes, and whether it can"),
    ("safety", "safety limits"),
    ("checks", "live checks against what connections offer"),
    ("service", "requests to the API"),
    ("export", "what a spec cannot express"),
    ("command line", "options, files and tools"),
    ("reports", "only in machine-readable formats"),
)


def _rows() -> dict[str, Code]:
    found = {}
    for severity, tables in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS), (Severity.NOTE, _NOTES)):
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
