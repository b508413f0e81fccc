//! The tables of docs/functions.md: tests take their bounds from them.

const TEXT: &str = include_str!("../../../../docs/functions.md");

/// The rows of the table under this heading, without its head.
pub(crate) fn table(heading: &str) -> Vec<Vec<&'static str>> {
    TEXT.lines()
        .skip_while(|line| *line != format!("## {heading}"))
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// A number in the notation of the document.
pub(crate) fn number(cell: &str) -> f64 {
    let plain =
        cell.replace('−', "-").replace('∞', "inf").replace('½', "0.5").replace("ln 2", "0.6931471805599453");
    plain.parse().unwrap_or_else(|_| panic!("no number: {cell}"))
}

/// The error bounds of a function in this unit, for `f32` and `f64`, in one arithmetic.
pub(crate) fn bounds(function: &str, unit: &str, fused: bool) -> (f64, f64) {
    let rows = table("Errors");
    let row = rows
        .iter()
        .find(|row| row[0] == format!("`{function}`") && row[1] == unit)
        .unwrap_or_else(|| panic!("docs/functions.md has no row for {function} in {unit}"));
    let first = if fused { 4 } else { 2 };
    (number(row[first]), number(row[first + 1]))
}
