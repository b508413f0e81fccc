//! Every symbol is defined: in a table, in text, or by a line before its use.

use std::collections::HashSet;

use crate::{
    FACTORS, Part, Report,
    latex::Node,
    value::{element_of, key},
};

/// Functions that need no formula, and letters of mathematics.
const KNOWN: [&str; 12] = [
    "\\mathrm{sqrt}",
    "\\mathrm{max}",
    "\\mathrm{min}",
    "\\mathrm{abs}",
    "\\exp",
    "\\ln",
    "\\tanh",
    "\\mathrm{erf}",
    "\\mathrm{softmax}",
    "e",
    "\\mathbf{1}",
    "\\infty",
];

/// Checks all uses of symbols.
pub(crate) fn check(parts: &[(usize, Part)], report: &mut Report) {
    let mut defined: HashSet<String> = KNOWN.iter().map(|name| (*name).to_owned()).collect();
    defined.extend(functions(parts));
    for (line, part) in parts {
        match part {
            Part::Alone(node) | Part::Zero(node, _) => define(node, &mut defined),
            Part::Batch(_) | Part::Step | Part::Size(..) | Part::Columns => {}
            Part::Reason(chain) => chain.iter().for_each(|(_, side)| uses(*line, side, &defined, report)),
            Part::Table(heads, rows) => {
                for (head, cell) in rows.iter().flat_map(|row| heads.iter().zip(row)) {
                    // An equality in a cell defines what is to its left.
                    let chains = cell.formulas.iter().filter(|chain| head == FACTORS && chain.len() > 1);
                    for chain in chains {
                        of_chain(*line, chain, &mut defined, report);
                    }
                    for (_, node) in cell.formulas.iter().flatten() {
                        if ["Values", "Parameter", "Parameter or state"].contains(&head.as_str()) {
                            define(node, &mut defined);
                        } else if head != "Used in" {
                            uses(*line, node, &defined, report);
                        }
                    }
                }
            }
            Part::Chain(chain) => of_chain(*line, chain, &mut defined, report),
        }
    }
}

/// Functions may be used before their formula, which comes with their derivative.
fn functions(parts: &[(usize, Part)]) -> HashSet<String> {
    let chains =
        parts.iter().filter_map(|(_, part)| if let Part::Chain(chain) = part { Some(chain) } else { None });
    let first = chains.filter_map(|chain| chain.first());
    let mut found = HashSet::new();
    for (_, node) in first {
        if let Node::Call(name, _) = node {
            found.extend(key(name));
        }
    }
    found
}

fn of_chain(
    line: usize,
    chain: &[(crate::latex::Relation, Node)],
    defined: &mut HashSet<String>,
    report: &mut Report,
) {
    let [(_, first), rest @ ..] = chain else { return };
    if let Node::Call(_, arguments) = first {
        // A function and its parameters, which mean nothing elsewhere.
        let mut inside = defined.clone();
        inside.extend(arguments.iter().filter_map(key));
        rest.iter().for_each(|(_, side)| uses(line, side, &inside, report));
        return;
    }
    if let Node::Derivative(of, by) = first {
        uses(line, of, defined, report);
        uses(line, by, defined, report);
    }
    // What is called by another name at once: δ = ∂E/∂net.
    if let Some((_, second @ Node::Derivative(of, by))) = rest.first()
        && !is_defined(&key(second).unwrap_or_default(), defined)
        && rest.len() > 1
    {
        uses(line, of, defined, report);
        uses(line, by, defined, report);
        defined.extend(key(second));
    }
    for (_, side) in rest {
        uses(line, side, defined, report);
    }
    define(first, defined);
}

/// All names of a formula become known.
fn define(node: &Node, defined: &mut HashSet<String>) {
    if let Some(name) = key(node) {
        defined.insert(of_all_samples(&name));
        defined.insert(name);
        return;
    }
    node.parts().into_iter().for_each(|part| define(part, defined));
}

fn uses(line: usize, node: &Node, defined: &HashSet<String>, report: &mut Report) {
    if let Some(name) = key(node) {
        if is_defined(&name, defined) {
            report.symbols += 1;
        } else {
            report.find(line, format!("{name} is not defined"));
        }
        return;
    }
    if let Node::Call(function, arguments) = node {
        let called = key(function).unwrap_or_default();
        let plain = called.trim_end_matches('\'');
        // ∂f/∂x(a, b) is the derivative with respect to a parameter.
        let derivative = matches!(**function, Node::Derivative(..));
        if !derivative && !is_defined(plain, defined) {
            report.find(line, format!("the function {called} is not defined"));
        }
        arguments.iter().for_each(|argument| uses(line, argument, defined, report));
        return;
    }
    node.parts().into_iter().for_each(|part| uses(line, part, defined, report));
}

/// A name without the numbers of samples: all samples have one formula.
fn of_all_samples(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once("^{(") {
        out.push_str(before);
        rest = after.split_once(")}").map_or("", |(_, after)| after);
    }
    out + rest
}

/// A name, or an element of a row that has one.
fn is_defined(name: &str, defined: &HashSet<String>) -> bool {
    let name = &of_all_samples(name);
    let element = ["_{k}", "_{i}", "_{j}", "_{ij}"].iter().find_map(|index| name.strip_suffix(index));
    let element = element.or_else(|| element_of(name).map(|(whole, _)| whole));
    defined.contains(name) || element.is_some_and(|whole| defined.contains(whole))
}
