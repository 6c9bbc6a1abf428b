"""Salesforce: the objects of a small sales team."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import (
    REMOVE,
    USUAL,
    choice,
    computed_field,
    email,
    flag,
    key,
    moment,
    number,
    reference,
)
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Field, Object

FLAGS = {
    "supports_target_filters": True,
    "supports_multiple_identities": True,
    "supports_filter_value_fields": True,
    "use_field_names_as_labels": True,
    "supports_field_encryption": True,
}
STAMPS = {"CreatedDate": True, "LastModifiedDate": False}
AUDIT = (computed_field("CreatedDate", "Created Date"), computed_field("LastModifiedDate", "Last Modified Date"))
OWNER = reference("OwnerId", "Owner ID", "User")
INDUSTRIES = ("Agriculture", "Banking", "Consulting", "Education", "Electronics", "Energy", "Technology", "Other")
STAGES = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")

USER = Object(
    "User",
    "User",
    (key("Id", "User ID"), Field("Name", "Full Name"), email("Email"), flag("IsActive", "Active")),
    key="Id",
    prefix="005",
    rows=({"Id": "005SB0000000001", "Name": "Dana Owner", "Email": "dana@sandbox.example", "IsActive": True},),
)
ACCOUNT = Object(
    "Account",
    "Account",
    (
        key("Id", "Account ID"),
        Field("Name", "Account Name", required=True, identity=("Equality", "ISubstring")),
        Field("Website", "Website", source_type="url", identity=("Equality", "DomainMatch", "HostnameMatch")),
        choice("Industry", "Industry", *INDUSTRIES),
        choice("Type", "Account Type", "Prospect", "Customer", "Partner", "Other"),
        number("NumberOfEmployees", "Employees", source_type="int"),
        number("AnnualRevenue", "Annual Revenue", source_type="currency"),
        Field("BillingCity", "Billing City"),
        Field("BillingCountry", "Billing Country"),
        Field("External_Id__c", "External ID", identity=EQUALITY),
        reference("ParentId", "Parent Account ID", "Account"),
        OWNER,
        *AUDIT,
    ),
    USUAL,
    key="Id",
    prefix="001",
    stamps=STAMPS,
    flags=FLAGS,
    rows=(
        {"Id": "001SB0000000001", "Name": "Acme", "Website": "https://www.acme.example", "Industry": "Technology",
         "Type": "Customer", "NumberOfEmployees": 120, "OwnerId": "005SB0000000001"},
        {"Id": "001SB0000000002", "Name": "Globex", "Website": "https://globex.example", "Industry": "Energy",
         "Type": "Prospect", "NumberOfEmployees": 4000, "OwnerId": "005SB0000000001"},
    ),
)  # fmt: skip
CONTACT = Object(
    "Contact",
    "Contact",
    (
        key("Id", "Contact ID"),
        Field("FirstName", "First Name"),
        Field("LastName", "Last Name", required=True),
        computed_field("Name", "Full Name", "string"),
        email("Email"),
        Field("Phone", "Business Phone", source_type="phone", encryptable=True),
        Field("Title", "Title"),
        moment("Birthdate", "Birthdate", source_type="date"),
        choice("LeadSource", "Lead Source", *SOURCES),
        flag("HasOptedOutOfEmail", "Email Opt Out"),
        Field("External_Id__c", "External ID", identity=EQUALITY),
        reference("AccountId", "Account ID", "Account"),
        OWNER,
        *AUDIT,
    ),
    (*USUAL, REMOVE),
    key="Id",
    prefix="003",
    stamps=STAMPS,
    flags=FLAGS,
    rows=(
        {"Id": "003SB0000000001", "FirstName": "Ada", "LastName": "King", "Name": "Ada King",
         "Email": "ada@example.com", "LeadSource": "Web", "HasOptedOutOfEmail": False,
         "AccountId": "001SB0000000001", "OwnerId": "005SB0000000001"},
        {"Id": "003SB0000000002", "FirstName": "Hedy", "LastName": "Lamarr", "Name": "Hedy Lamarr",
         "Email": "hedy@example.com", "LeadSource": "Other", "HasOptedOutOfEmail": True,
         "AccountId": "001SB0000000002", "OwnerId": "005SB0000000001"},
    ),
)  # fmt: skip
LEAD = Object(
    "Lead",
    "Lead",
    (
        key("Id", "Lead ID"),
        Field("FirstName", "First Name"),
        Field("LastName", "Last Name", required=True),
        Field("Company", "Company", required=True),
        email("Email"),
        choice("Status", "Lead Status", "Open - Not Contacted", "Working - Contacted", "Closed - Converted"),
        choice("LeadSource", "Lead Source", *SOURCES),
        computed_field("IsConverted", "Converted", "boolean"),
        *AUDIT,
    ),
    (*USUAL, REMOVE),
    key="Id",
    prefix="00Q",
    stamps=STAMPS,
    flags=FLAGS,
)
OPPORTUNITY = Object(
    "Opportunity",
    "Opportunity",
    (
        key("Id", "Opportunity ID"),
        Field("Name", "Opportunity Name", required=True, identity=EQUALITY),
        choice("StageName", "Stage", *STAGES, required=True),
        moment("CloseDate", "Close Date", source_type="date", required=True),
        number("Amount", "Amount", source_type="currency"),
        number("Probability", "Probability (%)", source_type="percent"),
        reference("AccountId", "Account ID", "Account", updateable=False),
        Field("External_Id__c", "External ID", identity=EQUALITY),
        computed_field("IsWon", "Won", "boolean"),
        OWNER,
        *AUDIT,
    ),
    USUAL,
    key="Id",
    prefix="006",
    stamps=STAMPS,
    flags=FLAGS,
)
CATALOGUE = Catalogue("salesforce", (ACCOUNT, CONTACT, LEAD, OPPORTUNITY, USER))
