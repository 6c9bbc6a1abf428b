"""The rules of the live checks, one row each: code, severity, summary, explanation and an example."""

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
        "unhealthy-connection", WARNING, "Connection is not healthy",
        "Polytomic cannot reach the system behind the connection, or nobody has authorized it yet. Nothing behind it "
        "can be checked, and its syncs fail.",
        "target: {connection: Snowflake Connection}   # its password has expired",
        "target: {connection: Snowflake Connection}   # status healthy",
    ),
    Rule(
        "not-checkable", WARNING, "Live check not possible",
        "An enumeration failed or was refused, or the service is still reading the schemas. Not everything behind the "
        "connection was checked.",
        "connection: MySQL Connection                 # the service answered 500",
        "connection: MySQL Connection                 # enumerated",
    ),
    Rule(
        "connection-type-not-offered", ERROR, "Connection type not offered",
        "The workspace does not list this connection type.",
        "type: mysequel",
        "type: mysql",
    ),
    Rule(
        "not-a-source", ERROR, "Connection is not a source",
        "The connection type has no source capability.",
        "connection: Webhook                          # a model over something that is only written to",
        "connection: MySQL Connection",
    ),
    Rule(
        "not-a-destination", ERROR, "Connection is not a destination",
        "The connection type has no destination capability.",
        "target: {connection: Stripe}                 # it can only be read",
        "target: {connection: Snowflake Connection}",
    ),
    Rule(
        "unknown-source", ERROR, "Model source not found",
        "The configuration names a table, view or object that does not exist, or a query that the service refuses.",
        "configuration: {table: company.custmers}",
        "configuration: {table: company.customers}",
    ),
    Rule(
        "incomplete-source", ERROR, "Incomplete model source",
        "The connection requires exactly one of several members at each level. None or more than one is set.",
        "configuration: {}",
        "configuration: {table: company.customers}",
    ),
    Rule(
        "unknown-source-field", ERROR, "Source field not found",
        "Mappings, identities, filters, overrides, relations, tracking columns and identifiers name fields of a model. "
        "Bulk syncs name fields of a schema.",
        "fields: {EMAIL: e_mail}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "not-an-enrichment", ERROR, "Connection does not enrich",
        "The connection type has no enrichment capability.",
        "enricher: {connection: MySQL Connection}",
        "enricher: {connection: Apollo}",
    ),
    Rule(
        "unknown-enrichment", ERROR, "Enrichment not found",
        "The configuration of the enrichment omits a choice, or makes one that the connection does not offer.",
        "enricher: {connection: Apollo, configuration: {object: poeple}}",
        "enricher: {connection: Apollo, configuration: {object: people}}",
    ),
    Rule(
        "enrichment-input", ERROR, "Enrichment inputs do not match",
        "The enrichment lists its inputs in sets. One set has to be mapped completely.",
        "mappings: {email_address: mail}",
        "mappings: {email_address: email}",
    ),
    Rule(
        "field-not-in-model", ERROR, "Field not selected by the model",
        "The source has the field. A model contains the fields that it lists, or those its source had when it was last "
        "read.",
        "fields: [id]                                 # and a sync maps email",
        "fields: [id, email]",
    ),
    Rule(
        "unknown-target", ERROR, "Target object not found",
        "The connection does not list the object that the sync writes to.",
        "target: {object: CUSTOMERS.CONTACT}",
        "target: {object: CUSTOMERS.CONTACTS}",
    ),
    Rule(
        "target-not-creatable", ERROR, "Target cannot be created",
        "The sync asks for a new target, and the connection does not create targets.",
        "target: {create: {name: Leads 2}}",
        "target: {object: Lead}",
    ),
    Rule(
        "target-property", ERROR, "Properties of the new target do not match",
        "The connection lists the properties of a new target. All of them are required, and some accept only fixed "
        "values.",
        "create: {nmae: Newsletter}",
        "create: {name: Newsletter}",
    ),
    Rule(
        "mode-not-offered", ERROR, "Mode not offered",
        "Each target object lists the modes in which it can be written. Each bulk destination lists its own.",
        "mode: append                                 # PostgreSQL has none",
        "mode: updateOrCreate",
    ),
    Rule(
        "identity-missing", ERROR, "Identity required",
        "Without an identity the service cannot match records of the target.",
        "mode: update                                 # and no identity",
        "identity: {field: email, target: EMAIL}",
    ),
    Rule(
        "identity-not-supported", ERROR, "Field cannot be an identity",
        "The target lists the fields that can be an identity.",
        "identity: {field: city, target: BillingCity}",
        "identity: {field: email, target: Email}",
    ),
    Rule(
        "identity-function", ERROR, "Identity function not offered",
        "The target lists the matching functions of each field.",
        "identity: {field: site, target: Email, function: HostnameMatch}",
        "identity: {field: site, target: Website, function: HostnameMatch}",
    ),
    Rule(
        "several-identities", ERROR, "Several identities not supported",
        "Only some targets match records by more than one field. Each field counts once.",
        "identities: {mappings: [{field: id, target: ID}, {field: no, target: NO}]}",
        "identity: {field: id, target: ID}",
    ),
    Rule(
        "unknown-target-field", ERROR, "Target field not found",
        "Mappings, identities and target filters name target fields by id.",
        "fields: {EMAIL_ADDRESS: email}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "not-writable", ERROR, "Field not writable in this mode",
        "A field that is not createable cannot be set on new records. A field that is not updateable cannot be set on "
        "existing records.",
        "fields: {CreatedDate: created_at}",
        "fields: {LastName: last_name}",
    ),
    Rule(
        "required-target-field", ERROR, "Required target field not mapped",
        "In modes that create records, each record needs a value for every required field.",
        "fields: {FirstName: first_name}              # Contact requires LastName",
        "fields: {FirstName: first_name, LastName: last_name}",
    ),
    Rule(
        "no-mappings", ERROR, "Mapped fields required",
        "Only some targets, such as lists of contacts, are written without any mapping.",
        "fields: {}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "field-creation", ERROR, "Target does not create fields",
        "`new: true` and `new_field: true` ask the target for a field that it does not have yet.",
        "fields: {Nickname: {field: nick, new: true}}",
        "fields: {FirstName: nick}",
    ),
    Rule(
        "field-mode", ERROR, "Field mode not supported",
        "`sync_mode` of a single field is used only if the mode of the target supports it.",
        "fields: {EMAIL: {field: email, sync_mode: create}}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "encryption", ERROR, "Field cannot be encrypted",
        "Only some targets accept encrypted values, and of those only some fields.",
        "fields: {EMAIL: {field: email, encrypt: true}}",
        "fields: {EMAIL: email}",
    ),
    Rule(
        "target-filter", ERROR, "Target filter not supported",
        "Target filters are used only in modes that support them, and on fields that are filterable.",
        "filters: [{field_type: Target, field: EMAIL, function: IsNull}]   # a table",
        "filters: [{field: email, function: IsNull}]",
    ),
    Rule(
        "filter-function", ERROR, "Filter function not offered",
        "The target lists the filter functions of each field.",
        "- {field_type: Target, field: Amount, function: StringContains, value: x}",
        "- {field_type: Target, field: Amount, function: GreaterThan, value: 10}",
    ),
    Rule(
        "filter-type", WARNING, "Filter does not match the field type",
        "A text function on a number, or a comparison of a number with a word, never matches.",
        "filters: [{field: id, function: GreaterThan, value: many}]",
        "filters: [{field: id, function: GreaterThan, value: 10}]",
    ),
    Rule(
        "value-not-taken", WARNING, "Value is not a choice of the field",
        "A field with a list of choices accepts only those, unless the list is open. The service does not say which "
        "lists are open.",
        "fields: {Industry: {value: Tehcnology}}",
        "fields: {Industry: {value: Technology}}",
    ),
    Rule(
        "impossible-type", ERROR, "Incompatible field types",
        "No value of the source type can be written to the target type, for example a list to a number.",
        "fields: {AMOUNT: tags}                       # array into NUMBER",
        "fields: {AMOUNT: amount}",
    ),
    Rule(
        "lossy-type", WARNING, "Possible loss of data",
        "Some values are cut, rounded or refused, for example text of 255 characters in a column of 50.",
        "fields: {AGE: age_as_text}                   # string into number",
        "fields: {AGE: age}",
    ),
    Rule(
        "schedule-not-offered", ERROR, "Schedule not offered",
        "The service lists its frequencies and the members that each of them requires.",
        "schedule: {frequency: dbtcloud, job_id: 1}   # where it is not offered",
        "schedule: {frequency: hourly, minute: 15}",
    ),
    Rule(
        "unknown-schema", ERROR, "Schema not found",
        "The connection does not list the schema that is to be copied, or that an additional schedule is for. It lists "
        "what existed when Polytomic last read its schemas.",
        "schemas: [public.ordres]",
        "schemas: [public.orders]",
    ),
    Rule(
        "unfit-field", WARNING, "Field not suitable",
        "A tracking field must show by its value what has changed, and the source must support it. Records are "
        "partitioned by values that can be compared.",
        "public.orders: {tracking_field: paid}        # a boolean",
        "public.orders: {tracking_field: updated_at}",
    ),
    Rule(
        "missing-bulk-setting", ERROR, "Required setting missing",
        "The connection lists the settings of the source and the destination of a bulk sync, and which of them are "
        "required.",
        "destination: {connection: Lake}",
        "destination: {connection: Lake, configuration: {path: shop}}",
    ),
    Rule(
        "unknown-bulk-setting", WARNING, "Possibly misspelled setting",
        "The connection does not know the setting, but knows one with a similar name that is not set.",
        "destination: {connection: Warehouse, configuration: {shcema: shop}}",
        "destination: {connection: Warehouse, configuration: {schema: shop}}",
    ),
    Rule(
        "resync-not-offered", ERROR, "Resync mode not offered",
        "The destination lists its resync modes.",
        "additional_schedules: [{frequency: weekly, resync_mode: rebuild}]   # where it is not offered",
        "additional_schedules: [{frequency: weekly, resync_mode: resync}]",
    ),
    Rule(
        "history-not-offered", ERROR, "History not offered",
        "Only some destinations keep earlier versions of records, and only in the mode replicate.",
        "public.orders: {history_enabled: true}       # with the mode snapshot",
        "public.orders: {history_enabled: true}       # with the mode replicate",
    ),
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({row.code: row for row in _ROWS})
