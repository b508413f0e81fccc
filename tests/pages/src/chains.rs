//! Each side of a line against the one before it and against the values of its symbols.

use std::collections::{HashMap, HashSet};

use crate::{
    Demands, FACTORS, Part, Report,
    latex::{Node, Relation, Sign, turned},
    value::{Interval, Reader, Rounding, Value, exact, key},
};

/// What is known so far.
struct Known {
    rounding: Rounding,
    demands: Demands,
    names: HashMap<String, Value>,
    /// The digits with which each name is printed.
    printed: HashMap<String, Node>,
    /// The same at the end of the step before.
    before: HashMap<String, Node>,
    /// Names whose printed digits are not all there are.
    dropped: HashSet<String>,
    functions: HashMap<String, (Vec<String>, Node)>,
    /// Names of which a part is printed.
    elided: HashSet<String>,
    /// The letters of states that are 0, where not all of them are listed.
    zeros: HashSet<String>,
    /// Names that are 0 in each place.
    blank: HashSet<String>,
    /// Names whose value a reader learns only from a number in their place.
    learned: Vec<(String, Node)>,
    /// The numbers of samples in a table, by the letters of their names and the sample.
    of_samples: HashMap<(String, String), Node>,
    /// Whether vectors are columns.
    columns: bool,
}

/// Checks all chains of a page.
pub(crate) fn check(parts: &[(usize, Part)], rounding: Rounding, demands: Demands, report: &mut Report) {
    let new = || Known {
        rounding,
        demands,
        names: HashMap::new(),
        printed: HashMap::new(),
        before: HashMap::new(),
        dropped: HashSet::new(),
        elided: HashSet::new(),
        zeros: HashSet::new(),
        blank: HashSet::new(),
        functions: functions(parts),
        learned: Vec::new(),
        of_samples: HashMap::new(),
        columns: parts.iter().any(|(_, part)| matches!(part, Part::Columns)),
    };
    // What a number in the place of an input says holds for the whole page, so a first reading collects it.
    let mut first = new();
    let mut nowhere = Report::default();
    first.read(parts, &mut nowhere);
    let mut second = new();
    if demands.givens {
        report.findings.extend(
            nowhere.findings.into_iter().filter(|finding| finding.text.ends_with("which is not given")),
        );
    }
    for (name, number) in std::mem::take(&mut first.learned) {
        second.keep(name, &number);
    }
    second.read(parts, report);
}

impl Known {
    fn read(&mut self, parts: &[(usize, Part)], report: &mut Report) {
        let known = self;
        for (place, (line, part)) in parts.iter().enumerate() {
            match part {
                Part::Step => known.begin_step(parts.get(place + 1..).unwrap_or_default()),
                Part::Chain(chain) => known.chain(*line, chain, report),
                Part::Table(heads, rows) => {
                    let cells = rows.iter().flat_map(|row| heads.iter().zip(row));
                    let cells =
                        cells.filter(|(head, _)| *head == FACTORS).flat_map(|(_, cell)| &cell.formulas);
                    for chain in cells.filter(|chain| chain.len() > 1) {
                        known.chain(*line, chain, report);
                    }
                    if heads.first().is_some_and(|head| head == "Sample") {
                        known.samples(heads, rows);
                    }
                    if heads.iter().any(|head| head == "Gradient") {
                        for row in rows {
                            known.gradient(*line, row, report);
                        }
                    }
                    if heads.iter().any(|head| head == "Parameter or state") {
                        for row in rows {
                            known.carried(*line, row, report);
                        }
                    }
                    if heads.iter().any(|head| head == "Initial value") {
                        for row in rows {
                            known.given(heads, row);
                        }
                    }
                }
                Part::Reason(chain) => known.reason(*line, chain, report),
                Part::Zero(node, more) => known.zero(node, *more),
                Part::Alone(_) | Part::Batch(_) | Part::Size(..) | Part::Columns => {}
            }
        }
    }
}

/// Names that mean the same everywhere.
const CONSTANTS: [&str; 2] = ["e", "\\mathbf{1}"];

/// The letter of a state: that of m_w is m.
fn letter(name: &str) -> &str {
    name.split_once("_{").map_or(name, |(letter, _)| letter)
}

/// 0, or 0 everywhere.
fn is_zero(node: &Node) -> bool {
    match node {
        Node::Number(digits, _) => digits == "0",
        Node::Matrix(rows) => rows.iter().flatten().all(is_zero),
        _ => false,
    }
}

/// Whether a part of it is left out.
fn has_gap(node: &Node) -> bool {
    matches!(node, Node::LeftOut) || node.parts().into_iter().any(has_gap)
}

/// The names that have values of their own, functions left out.
fn names_of(node: &Node, found: &mut Vec<String>) {
    match node {
        // The values of samples have names of their own.
        Node::Sum(..) => {}
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| names_of(argument, found)),
        other => match key(other) {
            Some(name) => found.push(name),
            None => other.parts().into_iter().for_each(|part| names_of(part, found)),
        },
    }
}

/// The formulas of functions: the name, its parameters and the first side in other symbols.
fn functions(parts: &[(usize, Part)]) -> HashMap<String, (Vec<String>, Node)> {
    let mut functions = HashMap::new();
    for (_, part) in parts {
        let Part::Chain(chain) = part else { continue };
        let [(_, Node::Call(name, arguments)), .., (_, body)] = chain.as_slice() else { continue };
        let parameters: Option<Vec<String>> = arguments.iter().map(key).collect();
        if let (Node::Name(name), Some(parameters)) = (name.as_ref(), parameters) {
            functions.insert(name.clone(), (parameters, body.clone()));
        }
    }
    functions
}

/// Whether it has numbers and known functions only.
fn is_numeric(node: &Node) -> bool {
    match node {
        Node::Name(name) => name == "e",
        Node::Derivative(..) | Node::LeftOut | Node::Sum(..) => false,
        Node::Call(_, arguments) => arguments.iter().all(is_numeric),
        other => other.parts().into_iter().all(is_numeric),
    }
}

/// The letters and digits of a name.
fn letters(name: &str) -> String {
    let name = ["\\mathrm", "\\text"].iter().fold(name.to_owned(), |name, word| name.replace(word, ""));
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Known {
    /// The numbers of samples.
    fn samples(&mut self, heads: &[String], rows: &[Vec<crate::Cell>]) {
        for row in rows {
            let Some(sample) = row.first() else { continue };
            for (head, cell) in heads.iter().zip(row).skip(1).filter(|(head, _)| !head.contains('∂')) {
                if let Some((_, number)) = cell.formulas.first().and_then(|chain| chain.first()) {
                    self.of_samples.insert((letters(head), sample.text.clone()), number.clone());
                }
            }
        }
    }

    /// The number of a sample that a table gives.
    fn of_sample(&self, name: &str) -> Option<Node> {
        let (name, sample) = name.split_once("^{(")?;
        let (sample, rest) = sample.split_once(")}")?;
        self.of_samples.get(&(letters(name) + &letters(rest), sample.to_owned())).cloned()
    }

    /// A parameter with a start value.
    fn given(&mut self, heads: &[String], row: &[crate::Cell]) {
        let cell = |title: &str| row.get(heads.iter().position(|head| head == title)?);
        let formula = |title: &str| {
            let cell = cell(title)?;
            let [chain] = cell.formulas.as_slice() else { return None };
            let [(_, node)] = chain.as_slice() else { return None };
            cell.text.starts_with("$`").then_some(node)
        };
        let (Some(name), Some(value)) = (formula("Parameter").and_then(key), formula("Initial value")) else {
            return;
        };
        // A number for all elements is no value of the whole.
        if cell("Size").is_some_and(|size| size.text == "1") && is_numeric(value) {
            self.keep(name, value);
        }
    }

    /// From here on names that get a value below have no other.
    fn begin_step(&mut self, parts: &[(usize, Part)]) {
        let below = parts.iter().take_while(|(_, part)| !matches!(part, Part::Step));
        let mut defined: Vec<String> = Vec::new();
        for (_, part) in below {
            match part {
                Part::Chain(chain) => {
                    // ∂E/∂net is called δ; another second side, as in ∂net/∂w = x, is not about itself.
                    let is_own = |at: usize, side: &Node| at == 0 || matches!(side, Node::Derivative(..));
                    let sides = chain.iter().take(2).enumerate();
                    let own = sides.filter(|(at, (_, side))| is_own(*at, side));
                    defined.extend(own.filter_map(|(_, (_, side))| key(side)));
                }
                Part::Table(heads, rows) if heads.iter().any(|head| head == "Parameter or state") => {
                    let first = rows.iter().filter_map(|row| row.first()?.formulas.first()?.first());
                    defined.extend(first.filter_map(|(_, name)| key(name)));
                }
                _ => {}
            }
        }
        self.before = std::mem::take(&mut self.printed);
        self.printed = self.before.clone();
        // What has a formula above and no number has another number now.
        self.names.retain(|name, _| self.printed.contains_key(name));
        for name in defined {
            self.names.remove(&name);
            self.printed.remove(&name);
            self.dropped.remove(&name);
            self.blank.remove(&name);
        }
    }

    /// A parameter or state before a step has the digits that the step before it has left.
    fn carried(&mut self, line: usize, row: &[crate::Cell], report: &mut Report) {
        let formula = |cell: &crate::Cell| cell.formulas.first()?.first().map(|(_, node)| node.clone());
        let [name, value] = row else { return };
        let (Some(name), Some(value)) = (formula(name).as_ref().and_then(key), formula(value)) else {
            return;
        };
        report.sides += 1;
        if let Some(left) = self.before.get(&format!("{name}^{{+}}"))
            && *left != value
        {
            report.find(
                line,
                format!("{name} is {} here and {} after the step before", text(&value), text(left)),
            );
        }
        if self.rounding.of_result(&value) > 0.0 && !self.rounding.each {
            self.dropped.insert(name.clone());
        }
        self.keep(name, &value);
    }

    /// A gradient in the table that compares it has the digits that it had above.
    fn gradient(&self, line: usize, row: &[crate::Cell], report: &mut Report) {
        let formula = |cell: &crate::Cell| cell.formulas.first()?.first().map(|(_, node)| node.clone());
        let [parameter, gradient, ..] = row else { return };
        let (Some(parameter), Some(gradient)) =
            (formula(parameter).as_ref().and_then(key), formula(gradient))
        else {
            return;
        };
        // Gradients with all digits are compared where each number is rounded.
        let apart = self.rounding.each || self.rounding.apart;
        let of = ["J", "\\bar{E}", "E_{\\Sigma}", "E"].map(|of| format!("d {of} / d {parameter}"));
        if let Some(name) = of.iter().find(|name| self.printed.contains_key(*name)).filter(|_| !apart) {
            report.sides += 1;
            // The last of sixteen digits depends on the order of the operations.
            let noise = self.rounding.digits >= 15
                && self.printed.get(name).is_some_and(|before| self.near(before, &gradient, 1e-14));
            if !noise {
                self.known_value(line, name, &gradient, report);
            }
        }
    }

    fn reader(&self, rounding: Rounding) -> Reader<'_> {
        Reader { names: &self.names, rounding, functions: &self.functions, columns: self.columns }
    }

    fn zero(&mut self, node: &Node, more: bool) {
        let Some(name) = key(node) else { return };
        if more {
            self.zeros.insert(letter(&name).to_owned());
        }
        self.blank.insert(name.clone());
        self.keep(name, &Node::Number("0".to_owned(), 0));
    }

    fn keep(&mut self, name: String, node: &Node) {
        if let Some(value) = self.reader(self.rounding).value(node) {
            self.names.insert(name.clone(), value);
        }
        self.printed.insert(name, node.clone());
    }

    fn chain(&mut self, line: usize, chain: &[(Relation, Node)], report: &mut Report) {
        let [(_, first), rest @ ..] = chain else { return };
        // A function's own formula is about its parameters.
        if matches!(first, Node::Call(..)) {
            report.symbolic += rest.len();
            return;
        }
        for (pair, before) in rest.iter().zip(chain) {
            self.side(line, (chain, &before.1), pair, report);
        }
        if self.some_columns(first, rest) {
            return;
        }
        let Some(name) = key(first) else { return };
        if rest.iter().any(|(_, side)| has_gap(side)) {
            self.elided.insert(name.clone());
        }
        let Some((_, last)) = rest.iter().rev().find(|(_, side)| is_numeric(side)) else {
            self.symbols(line, name, rest, report);
            return;
        };
        if matches!(last, Node::Number(..) | Node::Negative(_) | Node::Matrix(_)) {
            self.known_value(line, &name, last, report);
            self.follows(line, &name, rest, report);
            // Digits of a number that is rounded before it is used are not missing. In x ≈ a/2 = 0.5 the value may
            // have more digits or not, so both signs are right where it is used.
            let of_last = rest.iter().rev().find(|(_, side)| std::ptr::eq(side, last));
            let near = of_last.is_some_and(|(relation, _)| *relation == Relation::Near);
            if near && !self.rounding.each && self.rounding.of_result(last) > 0.0 {
                self.dropped.insert(name.clone());
            }
            // ∂E/∂net, which is called δ, has the same value.
            for (_, side) in rest.iter().take(1) {
                self.alias(&name, side, last);
            }
            self.keep(name, last);
        }
    }

    /// Some columns of a matrix, [W]_{columns 5 … 8}, which are beside those above.
    fn some_columns(&mut self, first: &Node, rest: &[(Relation, Node)]) -> bool {
        let (Node::Element(whole, below), [(relation, Node::Matrix(rows))]) = (first, rest) else {
            return false;
        };
        let Some((_, range)) = below.split_once("\\text{columns }") else { return false };
        let Some(name) = key(whole) else { return false };
        let first_of_all = range.trim_start().split(|c: char| !c.is_ascii_digit()).next() == Some("1");
        let joined = match self.printed.get(&name) {
            Some(Node::Matrix(before)) if !first_of_all && before.len() == rows.len() => {
                let beside = |(left, right): (&Vec<Node>, &Vec<Node>)| [left.as_slice(), right].concat();
                before.iter().zip(rows).map(beside).collect()
            }
            Some(_) | None => rows.clone(),
        };
        if *relation == Relation::Near && !self.rounding.each {
            self.dropped.insert(name.clone());
        }
        self.keep(name, &Node::Matrix(joined));
        true
    }

    /// With the demand for givens: what has a value is given, or one of its formulas has only names with values.
    fn follows(&self, line: usize, name: &str, rest: &[(Relation, Node)], report: &mut Report) {
        if !self.demands.givens || self.printed.contains_key(name) {
            return;
        }
        let without = |side: &Node| {
            let mut names = Vec::new();
            names_of(side, &mut names);
            let has = |name: &str| {
                self.names.contains_key(name)
                    || self.elided.contains(name)
                    || self.zeros.contains(letter(name)) && !name.ends_with("^{+}")
            };
            // An element of a row has the row's value.
            let known = |name: &String| {
                has(name) || ["_{k}", "_{i}"].iter().filter_map(|index| name.strip_suffix(index)).any(has)
            };
            names.into_iter().find(|name| !known(name) && !CONSTANTS.contains(&name.as_str()))
        };
        let mut formulas = rest.iter().map(|(_, side)| side).filter(|side| !is_numeric(side));
        let Some(first) = formulas.next() else { return };
        let Some(missing) = without(first) else { return };
        if formulas.all(|side| without(side).is_some()) {
            report.find(line, format!("{name} has a value, but {missing} is not given"));
        }
    }

    /// A line without numbers: its sides are equal for the values of their symbols, and so is its name.
    fn symbols(&mut self, line: usize, name: String, rest: &[(Relation, Node)], report: &mut Report) {
        let reader = self.reader(self.rounding);
        let values: Vec<(&Node, Value)> =
            rest.iter().filter_map(|(_, side)| Some((side, reader.value(side)?))).collect();
        let Some(((first, expected), others)) = values.split_first() else { return };
        report.sides += values.len();
        let by = self.between_forms();
        for (side, found) in others {
            if !meet(expected, found, by) {
                report.find(
                    line,
                    format!("{} is {}, but {} is {}", text(first), shown(expected), text(side), shown(found)),
                );
            }
        }
        let value = expected.clone();
        self.names.entry(name).or_insert(value);
    }

    /// How far apart two forms may be: a number that is rounded before it is used is rounded in each in another place.
    fn between_forms(&self) -> f64 {
        if self.rounding.each { 10_f64.powi(2 - self.rounding.digits as i32) } else { 0.0 }
    }

    fn alias(&mut self, name: &str, side: &Node, value: &Node) {
        let Some(other) =
            key(side).filter(|other| matches!(side, Node::Derivative(..)) && !self.names.contains_key(other))
        else {
            return;
        };
        self.keep(other.clone(), value);
        if self.dropped.contains(name) {
            self.dropped.insert(other);
        }
    }

    /// A side against the one before it, and where it has numbers against the sides in symbols.
    fn side(
        &mut self,
        line: usize,
        (chain, before): (&[(Relation, Node)], &Node),
        (relation, side): &(Relation, Node),
        report: &mut Report,
    ) {
        if matches!(relation, Relation::Other(_)) || !is_numeric(side) {
            report.symbolic += 1;
            return;
        }
        report.sides += 1;
        if is_numeric(before) {
            self.numbers(line, before, *relation, side, report);
            return;
        }
        let symbols = || chain.iter().map(|(_, node)| node).filter(|node| !is_numeric(node));
        let matched = symbols().find_map(|symbolic| {
            let mut bound = Vec::new();
            (key(symbolic).is_none() && fits(symbolic, side, &mut bound)).then_some(bound)
        });
        // A formula of one name: ∂net/∂w = h ≈ 0.59.
        let single = symbols().skip(1).last().and_then(|node| Some(vec![(key(node)?, side.clone())]));
        // δ = ∂E/∂net = 0.1 gives the value of both.
        let renames = |bound: &Vec<(String, Node)>| {
            matches!(chain, [(_, Node::Name(_)), (_, Node::Derivative(..)), (_, last)] if is_numeric(last))
                && bound.iter().all(|(name, _)| !self.printed.contains_key(name))
        };
        let single = single.filter(|bound| !renames(bound));
        for (name, number) in matched.or(single).unwrap_or_default() {
            self.put_in(line, *relation, &name, &number, report);
        }
        for symbolic in symbols().skip(1) {
            self.formula(line, symbolic, side, report);
        }
    }

    /// Why a branch is taken: the number of a name is the one it has, and the comparison holds.
    fn reason(&mut self, line: usize, chain: &[(Relation, Node)], report: &mut Report) {
        if let [(_, name), (relation, number), ..] = chain
            && let Some(name) = key(name)
            && !matches!(relation, Relation::Other(_))
        {
            self.put_in(line, *relation, &name, number, report);
        }
        let (sign, sides) = match chain {
            [.., (_, left), (Relation::Other(sign), right)] => (*sign, Some((left, right))),
            // A name that is equal to a number.
            [_, (Relation::Equal, _)] => return,
            _ => ("", None),
        };
        let as_printed = Rounding { each: true, ..self.rounding };
        let number = |node: &Node| Some(self.reader(as_printed).value(node)?.cells.first()?.high);
        let numbers = sides.and_then(|(left, right)| Some((number(left)?, number(right)?)));
        let holds = numbers.map(|(left, right)| match sign {
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            ">=" => left >= right,
            _ => left != right,
        });
        report.sides += 1;
        if holds != Some(true) {
            report.find(
                line,
                format!(
                    "the reason {} does not hold",
                    sides.map_or_else(String::new, |(left, right)| {
                        format!("{} {sign} {}", text(left), text(right))
                    })
                ),
            );
        }
    }

    /// A number in the place of a name.
    fn put_in(&mut self, line: usize, relation: Relation, name: &str, number: &Node, report: &mut Report) {
        report.put_in += 1;
        if relation == Relation::Equal && self.dropped.contains(name) && !name.is_empty() {
            report.find(line, format!("= where digits of {name} were dropped"));
        }
        if !self.printed.contains_key(name)
            && let Some(given) = self.of_sample(name)
        {
            self.keep(name.to_owned(), &given);
        }
        // The same in each place.
        let all = if name == "\\mathbf{1}" { Some("1") } else { self.blank.get(name).map(|_| "0") };
        if let Some(all) = all {
            if !is_filled(number, all) {
                report.find(line, format!("{name} is {} here", text(number)));
            }
            return;
        }
        match self.printed.get(name) {
            Some(_) => self.known_value(line, name, number, report),
            None => {
                if self.demands.givens && !(self.zeros.contains(letter(name)) && is_zero(number)) {
                    report.find(line, format!("{name} has the value {}, which is not given", text(number)));
                }
                self.learned.push((name.to_owned(), number.clone()));
                self.keep(name.to_owned(), number);
            }
        }
    }

    /// The same digits as before, or with another number of decimals the same number.
    fn known_value(&self, line: usize, name: &str, number: &Node, report: &mut Report) {
        let Some(before) = self.printed.get(name) else { return };
        // 6.9627e-5 is 6.96270e-5.
        let padded = decimals(before).is_none() && exact(before).is_some_and(|a| exact(number) == Some(a));
        let same = before == number
            || padded
            || is_zero(before) && is_zero(number)
            || decimals(before) != decimals(number) && self.near(before, number, 0.0);
        if !same {
            report.find(line, format!("{name} is {} here and {} before", text(number), text(before)));
        }
    }

    /// Two sides of numbers: equal digits, or nearly, as far as dropped digits allow.
    fn numbers(&self, line: usize, before: &Node, relation: Relation, side: &Node, report: &mut Report) {
        let as_printed = Rounding { each: true, ..self.rounding };
        let holds = match relation {
            Relation::Equal => match (exact(before), exact(side)) {
                (Some(a), Some(b)) => Some(a == b),
                _ => {
                    let value = |node| self.reader(as_printed).value(node);
                    Option::zip(value(before), value(side)).map(|(a, b)| meet(&a, &b, 1e-12))
                }
            },
            Relation::Near => {
                let value = |node| self.reader(self.rounding).value(node);
                let half = self.rounding.of_result(side);
                Option::zip(value(before), value(side)).map(|(a, b)| meet(&a, &b, half))
            }
            Relation::Other(_) => None,
        };
        match holds {
            Some(true) => {}
            Some(false) => report.find(line, format!("{} {} {}", text(before), sign(relation), text(side))),
            None => report.symbolic += 1,
        }
    }

    /// A formula in symbols for the values of these, against a side with numbers.
    fn formula(&self, line: usize, symbolic: &Node, side: &Node, report: &mut Report) {
        let reader = self.reader(self.rounding);
        let (Some(expected), Some(found)) = (reader.value(symbolic), reader.value(side)) else { return };
        report.sides += 1;
        // Numbers in the places of another form's names.
        let other = !matches!(side, Node::Number(..) | Node::Negative(_) | Node::Matrix(_))
            && !fits(symbolic, side, &mut Vec::new());
        // A value whose formula has no numbers put in is computed by other steps, each rounded: a unit or two.
        let units = if self.rounding.each { 2.0 * 10_f64.powi(-(self.rounding.digits as i32)) } else { 0.0 };
        let half = if other { self.between_forms() } else { self.rounding.of_result(side) + units };
        if !meet(&expected, &found, half) {
            report.find(line, format!("{} is {}, not {}", text(symbolic), shown(&expected), text(side)));
        }
    }

    fn near(&self, a: &Node, b: &Node, by: f64) -> bool {
        let value = |node| self.reader(self.rounding).value(node);
        Option::zip(value(a), value(b)).is_none_or(|(a, b)| meet(&a, &b, by))
    }
}

/// Whether it has this number in each place.
fn is_filled(node: &Node, with: &str) -> bool {
    match node {
        Node::Number(digits, 0) => digits == with,
        Node::Matrix(rows) => rows.iter().flatten().all(|cell| is_filled(cell, with)),
        _ => false,
    }
}

fn meet(a: &Value, b: &Value, by: f64) -> bool {
    let close = |(a, b): (&Interval, &Interval)| a.wider(by.max(1e-300)).meets(*b);
    a.cells.len() == b.cells.len() && a.cells.iter().zip(&b.cells).all(close)
}

fn decimals(node: &Node) -> Option<usize> {
    match node {
        Node::Negative(inside) => decimals(inside),
        Node::Number(digits, 0) => Some(digits.split_once('.').map_or(0, |(_, decimals)| decimals.len())),
        _ => None,
    }
}

/// Whether a side with numbers is a formula with numbers in the place of its names; which these are.
fn fits(symbolic: &Node, side: &Node, bound: &mut Vec<(String, Node)>) -> bool {
    let is_number = |node: &Node| match node {
        Node::Negative(inside) => matches!(**inside, Node::Number(..)),
        other => matches!(other, Node::Number(..) | Node::Matrix(_)),
    };
    if let Some(name) = key(symbolic) {
        if is_number(side) {
            bound.push((name, side.clone()));
            return true;
        }
        return symbolic == side;
    }
    let all = |a: &[&Node], b: &[&Node], bound: &mut Vec<(String, Node)>| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b, bound))
    };
    match (symbolic, side) {
        (Node::Negative(a), Node::Negative(b)) => fits(a, b, bound),
        (Node::Transposed(a), Node::Matrix(rows)) => fits(a, &Node::Matrix(turned(rows)), bound),
        // There is no −0.
        (Node::Negative(a), b) if begins_with_zero(b) => fits(a, b, bound),
        (Node::Binary(s, a, b), Node::Binary(t, c, d)) => s == t && all(&[a, b], &[c, d], bound),
        (Node::Fraction(..) | Node::Number(..), _) if exact(symbolic).is_some() => {
            exact(symbolic) == exact(side)
        }
        (Node::Fraction(a, b), Node::Fraction(c, d)) | (Node::Power(a, b), Node::Power(c, d)) => {
            all(&[a, b], &[c, d], bound)
        }
        (Node::Root(a), Node::Root(b)) | (Node::Transposed(a), Node::Transposed(b)) => fits(a, b, bound),
        (Node::Whole(s, a), Node::Whole(t, b)) => s == t && fits(a, b, bound),
        (Node::Call(f, a), Node::Call(g, b)) => {
            f == g && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b, bound))
        }
        (Node::Cases(a, c, b), Node::Cases(d, e, f)) => {
            c.sign == e.sign && all(&[a, &c.left, &c.right, b], &[d, &e.left, &e.right, f], bound)
        }
        _ => false,
    }
}

fn begins_with_zero(node: &Node) -> bool {
    match node {
        Node::Number(digits, _) => digits == "0",
        Node::Binary(_, first, _) => begins_with_zero(first),
        _ => false,
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::Near => "≈",
        Relation::Other(sign) => sign,
    }
}

fn shown(value: &Value) -> String {
    let cell = |x: &Interval| format!("{:?} … {:?}", x.low, x.high);
    value.cells.iter().map(cell).collect::<Vec<_>>().join(", ")
}

/// A tree as text, for findings.
pub(crate) fn text(node: &Node) -> String {
    let all = |nodes: &[Node]| nodes.iter().map(text).collect::<Vec<_>>().join(", ");
    match node {
        Node::Number(digits, 0) => digits.clone(),
        Node::Number(digits, exponent) => format!("{digits}e{exponent}"),
        Node::Name(name) => name.clone(),
        Node::Derivative(of, by) => format!("∂{}/∂{}", text(of), text(by)),
        Node::Negative(inside) => format!("-({})", text(inside)),
        Node::Binary(sign, a, b) => {
            let sign = match sign {
                Sign::Plus => "+",
                Sign::Minus => "-",
                Sign::Dot => "·",
                Sign::Elementwise => "⊙",
                Sign::Product => "@",
                Sign::Times => "×",
            };
            format!("({} {sign} {})", text(a), text(b))
        }
        Node::Fraction(a, b) => format!("({} / {})", text(a), text(b)),
        Node::Power(a, b) => format!("{}^{}", text(a), text(b)),
        Node::Root(inside) => format!("√({})", text(inside)),
        Node::Transposed(inside) => format!("{}ᵀ", text(inside)),
        Node::Call(name, arguments) => format!("{}({})", text(name), all(arguments)),
        Node::Cases(a, c, b) => {
            format!("{{{} if {} {} {}, else {}}}", text(a), text(&c.left), c.sign, text(&c.right), text(b))
        }
        Node::Matrix(rows) => format!("[{}]", rows.iter().map(|row| all(row)).collect::<Vec<_>>().join("; ")),
        Node::List(items) => format!("({})", all(items)),
        Node::Element(inside, below) => format!("[{}]_{below}", text(inside)),
        Node::Sum(below, inside) => format!("Σ_{below} {}", text(inside)),
        Node::Whole(up, inside) => format!("{}({})", if *up { "ceil" } else { "floor" }, text(inside)),
        Node::LeftOut => "…".to_owned(),
        Node::Sized(inside, rows, columns) => format!("{} ({rows} × {columns})", text(inside)),
    }
}
