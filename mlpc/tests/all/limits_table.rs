//! The table of limits in the reference has the values of the compiler, in the order of its `limits.rs`.

use std::fs;

use crate::common::folder;
use mlp_dsl::limits;

/// Names and values.
macro_rules! limits {
    ($($name:ident)*) => {
        [$((stringify!($name), limits::$name as u64)),*]
    };
}

/// The last number of a row; `KiB` and `GiB` are units.
fn number(row: &str) -> u64 {
    let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
    let (cell, unit) = match cell.split_once("KiB") {
        Some((cell, _)) => (cell, 1 << 10),
        None => cell.split_once("GiB").map_or((cell, 1), |(cell, _)| (cell, 1 << 30)),
    };
    let digits: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    digits.parse::<u64>().unwrap_or_else(|_| panic!("{row}")) * unit
}

#[test]
fn the_reference_has_every_limit() {
    let values = limits!(
        TEXT_BYTES NESTING LENGTH DATA SAMPLES SAMPLE_NUMBERS DRAWN_NUMBERS EXPECTED_NUMBERS EXPECTED_FILES LAYERS NEURONS PARAMETERS
        WORKSPACE_BYTES
        WEIGHT_HEADER_BYTES WEIGHT_BYTES OPERATIONS EQUATION FUNCTION_OPERATIONS NAMES INLINED_CALLS
        INLINED_DEPTH UNROLLED NAME_BYTES DIAGNOSTICS EVALUATED_PARAMETERS EVALUATED_VALUES PRINTED_VALUES
        EVALUATED_OPERATIONS
    );
    let source = fs::read_to_string(folder("../mlp-dsl/src/limits.rs")).unwrap();
    let declared: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(':').map(|(name, _)| name))
        .collect();
    assert_eq!(declared, values.map(|(name, _)| name));
    let reference = fs::read_to_string(folder("../docs/reference.md")).unwrap();
    let (_, limits) = reference.split_once("\n## Limits\n").unwrap();
    let rows: Vec<&str> = limits.lines().skip(3).take_while(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), values.len(), "a row for each limit");
    for (row, (name, value)) in rows.into_iter().zip(values) {
        assert_eq!(number(row), value, "{name}: {row}");
    }
}

#[test]
fn the_reference_has_the_limit_of_methods_by_value() {
    let kib = mlp_dsl::plan::thresholds::BY_VALUE_BYTES / 1024;
    let reference = fs::read_to_string(folder("../docs/reference.md")).unwrap();
    let (_, section) = reference.split_once("\n### Methods by value\n").unwrap();
    let (section, _) = section.split_once("\n### ").unwrap();
    assert_eq!(section.matches(&format!(" {kib} KiB of ")).count(), 2);
    let sums = mlp_dsl::plan::thresholds::SUMS_ON_STACK_BYTES / size_of::<f64>();
    assert_eq!(sums, 32_768, "the reference says so twice");
}
