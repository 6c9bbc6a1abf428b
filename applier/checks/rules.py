"""The rules by which models, syncs and bulk syncs are checked against what connections really offer: a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applier.diagnostics import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the constant summary, how bad a finding is unless the spec says otherwise, and a line of YAML for both.

    `bad` and `good` are fragments of a model, a sync or a bulk sync.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    bad: str
    good: str


_ROWS = (
    Rule(
        "unhealthy-connection", WARNING, "a connection does not work",
        "Polytomic could not reach the system behind the connection, or nobody has authorized it yet. Nothing behind "
        "it can be checked, and syncs over it fail.",
        "target: {connection: Snowflake Connection}   # its password has expired",
        "target: {connection: Snowflake Connection}   # status healthy",
    ),
    Rule(
        "not-checkable", WARNING, "the service could not tell what a connection offers",
        "An enumeration failed or was refused, or the service is still reading the schemas, so that not everything "
        "behind the connection was checked.",
        "connection: MySQL Connection                 # the service answered 500",
        "connection: MySQL Connection                 # enumerated",
    ),
    Rule(
        "connection-type-not-offered", ERROR, "the service has no such connection type",
        "The workspace does not list the type among those it can connect to.",
        "type: mysequel",
        "type: mysql",
    ),
    Rule(
        "not-a-source", ERROR, "this connection cannot be read",
        "The connection type has no source capability.",
        "connection: Webhook                          # a model over something that is only written to",
        "connection: MySQL Connection",
    ),
    Rule(
        "not-a-destination", ERROR, "this connection cannot be written to",
        "The connection type has no destination capability.",
        "target: {connection: Stripe}                 # it can only be read",
        "target: {connection: Snowflake Connection}",
    ),
    Rule(
        "unknown-source", ERROR, "the source of a model does not exist",
        "The configuration names a table, view or object that is not there, or a query that is refused.",
        "configuration: {table: company.custmers}",
        "configuration: {table: company.customers}",
    ),
    Rule(
        "incomplete-source", ERROR, "a model does not say which source it reads",
        "The connection asks for exactly one of several members at each level, and none or more than one is given.",
        "configuration: {}",
        "configuration: {table: company.customers}",
    ),
    Rule(
        "unknown-source-field", ERROR, "a field does not exist in its source",
        "Mappings, identities, filters, overrides, relations, tracking columns and identifiers name fields of a model, "
        "bulk syncs fields of a schema.",
        "fields: {EMAIL: e_mail}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "not-an-enrichment", ERROR, "this connection cannot enrich",
        "The connection type has no enrichment capability.",
        "enricher: {connection: MySQL Connection}",
        "enricher: {connection: Apollo}",
    ),
    Rule(
        "unknown-enrichment", ERROR, "the enrichment does not exist",
        "The configuration of the enrichment leaves out a choice, or makes one that the connection does not offer.",
        "enricher: {connection: Apollo, configuration: {object: poeple}}",
        "enricher: {connection: Apollo, configuration: {object: people}}",
    ),
    Rule(
        "enrichment-input", ERROR, "the inputs of the enrichment do not fit",
        "The enrichment lists the inputs that it takes, in sets of which one has to be given whole.",
        "mappings: {email_address: mail}",
        "mappings: {email_address: email}",
    ),
    Rule(
        "field-not-in-model", ERROR, "the source has the field, but the model does not take it",
        "A model takes the fields it lists, or those its source had when it was last read.",
        "fields: [id]                                 # and a sync maps email",
        "fields: [id, email]",
    ),
    Rule(
        "unknown-target", ERROR, "the target object does not exist",
        "The connection does not list the object that the sync writes to.",
        "target: {object: CUSTOMERS.CONTACT}",
        "target: {object: CUSTOMERS.CONTACTS}",
    ),
    Rule(
        "target-not-creatable", ERROR, "the connection cannot create targets",
        "The sync asks for a new target, and the connection says that it makes none.",
        "target: {create: {name: Leads 2}}",
        "target: {object: Lead}",
    ),
    Rule(
        "target-property", ERROR, "the properties of the target to be made do not fit",
        "The connection says which properties a new target takes, all of them required, and for some which values.",
        "create: {nmae: Newsletter}",
        "create: {name: Newsletter}",
    ),
    Rule(
        "mode-not-offered", ERROR, "the target does not offer the mode",
        "Every target object lists the modes in which it can be written, every destination those of bulk syncs.",
        "mode: append                                 # PostgreSQL has none",
        "mode: updateOrCreate",
    ),
    Rule(
        "identity-missing", ERROR, "the mode needs an identity",
        "Without an identity nobody knows which record of the target is meant.",
        "mode: update                                 # and no identity",
        "identity: {field: email, target: EMAIL}",
    ),
    Rule(
        "identity-not-supported", ERROR, "records cannot be recognised by this field",
        "The target says which of its fields can be an identity.",
        "identity: {field: city, target: BillingCity}",
        "identity: {field: email, target: Email}",
    ),
    Rule(
        "identity-function", ERROR, "the field is not compared like that",
        "The target lists for each field the functions by which a record can be recognised.",
        "identity: {field: site, target: Email, function: HostnameMatch}",
        "identity: {field: site, target: Website, function: HostnameMatch}",
    ),
    Rule(
        "several-identities", ERROR, "the target does not take several identities",
        "Only some targets recognise records by more than one field; each field counts once.",
        "identities: {mappings: [{field: id, target: ID}, {field: no, target: NO}]}",
        "identity: {field: id, target: ID}",
    ),
    Rule(
        "unknown-target-field", ERROR, "the target object has no such field",
        "Mappings, identities and target filters name fields of the target by their id.",
        "fields: {EMAIL_ADDRESS: email}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "not-writable", ERROR, "the field cannot be written in this mode",
        "A field that is not createable cannot be set on new records, one that is not updateable not on existing ones.",
        "fields: {CreatedDate: created_at}",
        "fields: {LastName: last_name}",
    ),
    Rule(
        "required-target-field", ERROR, "a required field of the target is not mapped",
        "In modes that create records each of them needs a value for every required field.",
        "fields: {FirstName: first_name}              # Contact requires LastName",
        "fields: {FirstName: first_name, LastName: last_name}",
    ),
    Rule(
        "no-mappings", ERROR, "the target needs mapped fields",
        "Only some targets, such as lists of contacts, are written without any mapping.",
        "fields: {}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "field-creation", ERROR, "the target creates no fields",
        "`new: true` and `new_field: true` ask the target for a field that it does not have yet.",
        "fields: {Nickname: {field: nick, new: true}}",
        "fields: {FirstName: nick}",
    ),
    Rule(
        "field-mode", ERROR, "the mode has no mode per field",
        "`sync_mode` of a single field counts only where the target's mode supports it.",
        "fields: {EMAIL: {field: email, sync_mode: create}}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "encryption", ERROR, "the target field cannot be encrypted",
        "Only some targets take encrypted values, and of those only some fields.",
        "fields: {EMAIL: {field: email, encrypt: true}}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "target-filter", ERROR, "the target cannot be filtered like that",
        "Target filters count only in modes that support them, and on fields that are filterable.",
        "filters: [{field_type: Target, field: EMAIL, function: IsNull}]   # a table",
        "filters: [{field: email, function: IsNull}]",
    ),
    Rule(
        "filter-function", ERROR, "the target field is not filtered by this function",
        "The target lists for each field the functions by which it can be filtered.",
        "- {field_type: Target, field: Amount, function: StringContains, value: x}",
        "- {field_type: Target, field: Amount, function: GreaterThan, value: 10}",
    ),
    Rule(
        "filter-type", WARNING, "a function or its value does not fit the type of the field",
        "A text function on a number, or a comparison of a number with a word, never holds.",
        "filters: [{field: id, function: GreaterThan, value: many}]",
        "filters: [{field: id, function: GreaterThan, value: 10}]",
    ),
    Rule(
        "value-not-taken", WARNING, "the value is none of the choices of the target field",
        "A field with a list of choices takes only those, unless it is an open one; the service does not say which.",
        "fields: {Industry: {value: Tehcnology}}",
        "fields: {Industry: {value: Technology}}",
    ),
    Rule(
        "impossible-type", ERROR, "values of the source can never fit the target field",
        "No value of the one type can be written as the other, such as a list as a number.",
        "fields: {AMOUNT: tags}                       # array into NUMBER",
        "fields: {AMOUNT: amount}",
    ),
    Rule(
        "lossy-type", WARNING, "values of the source may not fit the target field",
        "Some values are cut, rounded, or refused, such as a text of 255 characters in a column of 50.",
        "fields: {AGE: age_as_text}                   # string into number",
        "fields: {AGE: age}",
    ),
    Rule(
        "schedule-not-offered", ERROR, "the service does not offer the schedule",
        "The service lists the frequencies that it knows, and what each of them needs.",
        "schedule: {frequency: dbtcloud, job_id: 1}   # where it is not offered",
        "schedule: {frequency: hourly, minute: 15}",
    ),
    Rule(
        "unknown-schema", ERROR, "the source of a bulk sync has no such schema",
        "The connection does not list the schema that is to be copied, or that an additional schedule is for. It lists "
        "what was there when Polytomic last read its schemas.",
        "schemas: [public.ordres]",
        "schemas: [public.orders]",
    ),
    Rule(
        "unfit-field", WARNING, "the field of a schema cannot be what it is chosen for",
        "A tracking field has to tell by its value what has changed, and the source has to make use of it; records are "
        "parted by values that can be compared.",
        "public.orders: {tracking_field: paid}        # a boolean",
        "public.orders: {tracking_field: updated_at}",
    ),
    Rule(
        "missing-bulk-setting", ERROR, "a bulk sync lacks a setting that the connection requires",
        "The connection says which settings the source and the destination of a bulk sync have, and which are needed.",
        "destination: {connection: Lake}",
        "destination: {connection: Lake, configuration: {path: shop}}",
    ),
    Rule(
        "unknown-bulk-setting", WARNING, "a setting of a bulk sync looks misspelled",
        "The connection does not know the setting, but one that is called nearly so and is not given.",
        "destination: {connection: Warehouse, configuration: {shcema: shop}}",
        "destination: {connection: Warehouse, configuration: {schema: shop}}",
    ),
    Rule(
        "resync-not-offered", ERROR, "the destination does not offer the resync mode",
        "The destination lists the ways in which it can be copied to anew.",
        "additional_schedules: [{frequency: weekly, resync_mode: rebuild}]   # where it is not offered",
        "additional_schedules: [{frequency: weekly, resync_mode: resync}]",
    ),
    Rule(
        "history-not-offered", ERROR, "earlier versions of records are not kept",
        "Only some destinations keep them, and only in the mode replicate.",
        "public.orders: {history_enabled: true}       # with the mode snapshot",
        "public.orders: {history_enabled: true}       # with the mode replicate",
    ),
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({row.code: row for row in _ROWS})
