"""Every behaviour that breaks naive tools, by number, and the test that shows the sandbox has it."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
TESTS = {
    "test_connections": {
        3: "an_update_replaces_plain_members_and_keeps_secrets",
        11: "oauth_connections_wait_for_a_person",
        12: "a_connection_in_use_is_deleted_only_by_force",
        39: "names_are_unique_unless_switched",
    },
    "test_faults": {53: "a_dropped_answer_can_be_asked_for_again_by_its_key"},
    "test_guide": {51: "target_fields_are_the_guides_in_both_forms", 52: "the_target_is_the_guides_level_by_level"},
    "test_jobs_and_enrichment": {
        18: "an_enrichment_gets_an_id_that_goes_back",
        63: "models_are_made_and_changed_by_jobs",
    },
    "test_models": {
        13: "a_replacement_clears_what_it_leaves_out",
        16: "additional_fields_come_back_among_the_fields",
        20: "a_model_in_use_can_be_deleted_and_breaks_its_syncs",
        43: "relations_name_existing_models_and_fields",
    },
    "test_service_runs": {23: "creating_a_table_twice_is_refused_or_makes_a_second"},
    "test_syncs": {
        21: "an_update_replaces_everything",
        26: "constants_are_merged_into_the_fields",
        27: "a_mapping_with_source_and_constant_stays_a_mapping",
        28: "the_identity_wins_over_a_mapping_onto_its_target",
        29: "filters_are_relabelled_and_their_ids_filled_in",
        30: "the_field_id_of_an_override_wins_over_its_field",
        34: "what_cannot_be_is_refused",
        35: "schedules_come_back_as_they_were_sent",
        37: "a_sync_runs_after_others",
        40: "lists_without_order_are_reversed_when_switched",
    },
    "test_syncs_2025_09_18": {
        31: "target_filters_have_labels_and_logic_of_their_own",
        33: "filters_that_cannot_be_are_refused",
        41: "the_list_is_light_and_moves_while_one_pages",
        42: "the_list_is_light_and_moves_while_one_pages",
    },
    "test_transport": {
        49: "the_version_is_echoed_and_unknown_ones_are_refused",
        54: "an_idempotency_key_replays_errors",
        55: "a_missing_or_wrong_key_is_refused_in_the_shape_of_the_version",
    },
}
LAST = 65


def functions(module: str) -> set[str]:
    return set(re.findall(r"^def test_(\w+)\(", (FOLDER / f"{module}.py").read_text("utf-8"), re.MULTILINE))


def test_every_quirk_has_its_test() -> None:
    named = {
        int(number)
        for path in FOLDER.glob("test_*.py")
        for number in re.findall(r"def test_quirk_(\d+)_", path.read_text("utf-8"))
    }
    pointed = {number for tests in TESTS.values() for number in tests}
    assert set(range(1, LAST + 1)) - named - pointed == set()
    assert named & pointed == set(), "one place is enough"


def test_every_test_that_is_pointed_at_exists() -> None:
    for module, tests in TESTS.items():
        assert set(tests.values()) <= functions(module), module
