//! The notation: for each name of the specification one spelling, no two alike.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::{ConstantId, FunctionId},
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    model::Reduction,
};

/// How tightly a piece of mathematics holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Needs brackets beside anything: a case distinction, a negative number.
    Lowest,
    /// A sum.
    Sum,
    /// A minus before a product.
    Negative,
    /// A product.
    Product,
    /// Closed, but not the base of a power: a fraction, a power, a function's value.
    Closed,
    /// A name or a number.
    Atom,
}

/// A piece of mathematics and how it holds together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) level: Level,
}

impl Piece {
    pub(super) fn new(text: impl Into<String>, level: Level) -> Self {
        Piece { text: text.into(), level }
    }

    /// The text, in brackets where it holds together less than is asked.
    pub(super) fn at_least(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { brackets(&self.text) }
    }
}

pub(super) fn brackets(text: &str) -> String {
    format!(r"\left({text}\right)")
}

/// The notation of a derivation.
#[derive(Clone, Debug)]
pub(super) struct Names {
    spelled: HashMap<String, String>,
    constants: Vec<String>,
    functions: Vec<String>,
    derived: HashMap<EquationId, String>,
    batch_loss: &'static str,
    /// Whether exp(x) is eˣ: no name of the specification is e.
    pub(super) exp_is_power: bool,
}

/// What has been used, as it looks on paper.
#[derive(Default)]
struct Taken(HashSet<String>);

impl Taken {
    /// The first spelling that looks like nothing else.
    fn choose(&mut self, candidates: &[String], full: &str) -> String {
        let free = candidates.iter().find(|candidate| !self.0.contains(&look(candidate)));
        let chosen = free.cloned().unwrap_or_else(|| {
            let numbered = |k: usize| format!("{}_{{({k})}}", upright(full));
            (2..=self.0.len() + 2).map(numbered).find(|c| !self.0.contains(&look(c))).unwrap_or_default()
        });
        self.0.insert(look(&chosen));
        chosen
    }
}

/// A spelling without what does not change its letters.
fn look(latex: &str) -> String {
    latex.replace(r"\mathrm", "").replace(r"\text", "").replace(['{', '}', '\\', ' '], "")
}

impl Names {
    /// Chooses the spellings. `single` says that there is one sample: then its loss is the mean.
    pub(super) fn new(derivation: &Derivation, single: bool) -> Self {
        let parameters = derivation.header.functions.iter().flat_map(|f| &f.parameters);
        let named = derivation.equations.iter().filter_map(|e| match &e.symbol {
            Symbol::Named(name) | Symbol::Setting(name) => Some(name),
            _ => None,
        });
        let constants = derivation.header.constants.iter().map(|(name, _)| name);
        let users: Vec<&String> = named.chain(constants).collect();
        let exp_is_power = !users.iter().copied().chain(parameters).any(|name| name == "e");
        let mut taken = Taken::default();
        for own in ["E", "P", "J", "e", "m"].iter().filter(|own| **own != "e" || exp_is_power) {
            taken.0.insert((*own).to_owned());
        }
        let function = |f: &mlp_dsl::formula::scalar::Function, taken: &mut Taken| {
            let short = match f.name.as_str() {
                "sigmoid" if f.prelude => r"\sigma".to_owned(),
                name => upright(name),
            };
            taken.choose(&[short, upright(&f.name)], &f.name)
        };
        let functions = derivation.header.functions.iter().map(|f| function(f, &mut taken)).collect();
        let mut names = Names {
            spelled: HashMap::new(),
            constants: Vec::new(),
            functions,
            derived: HashMap::new(),
            batch_loss: match derivation.loss.as_ref().map(|loss| loss.reduction) {
                _ if single => "E",
                Some(Reduction::Sum) => r"E_{\Sigma}",
                _ => r"\bar{E}",
            },
            exp_is_power,
        };
        for name in users {
            if !names.spelled.contains_key(name) {
                let spelling = taken.choose(&[setting(name), pretty(name), upright(name)], name);
                names.spelled.insert(name.clone(), spelling);
            }
        }
        let of_constant = |(name, _): &(String, f64)| names.spelled.get(name).cloned().unwrap_or_default();
        names.constants = derivation.header.constants.iter().map(of_constant).collect();
        names.derive(derivation, &mut taken);
        names
    }

    /// Names made from names: net inputs, deltas, parts of the loss.
    fn derive(&mut self, derivation: &Derivation, taken: &mut Taken) {
        for (id, equation) in derivation.numbered() {
            let pretty = match &equation.symbol {
                Symbol::Net(owner) => format!(r"\mathrm{{net}}_{{{}}}", self.spelling(owner)),
                Symbol::Component(owner) => format!("E_{{{}}}", self.spelling(owner)),
                Symbol::Gradient(of) => match &derivation.equation(*of).symbol {
                    Symbol::Net(owner) => format!(r"\delta_{{{}}}", self.spelling(owner)),
                    _ => continue,
                },
                Symbol::Local(name) => pretty(name),
                Symbol::Penalty => "P".to_owned(),
                Symbol::PenaltyPart(number) => format!("P_{{{number}}}"),
                Symbol::Objective => "J".to_owned(),
                Symbol::StepNumber => r"\mathrm{step}".to_owned(),
                Symbol::State { name, of } => format!("{}_{{{}}}", pretty(name), self.plain(derivation, *of)),
                Symbol::GradientNorm => r"\lVert\nabla\rVert".to_owned(),
                Symbol::ClipFactor => "c".to_owned(),
                Symbol::Step(number) => format!("s_{{{number}}}"),
                _ => continue,
            };
            let full = derivation.name_of(id);
            // These two are kept free for what they mean.
            let chosen = match equation.symbol {
                Symbol::Penalty | Symbol::Objective => pretty,
                _ => taken.choose(&[pretty, upright(&full)], &full),
            };
            self.derived.insert(id, chosen);
        }
    }

    fn spelling(&self, name: &str) -> String {
        self.spelled.get(name).cloned().unwrap_or_else(|| pretty(name))
    }

    /// A function's name.
    pub(super) fn function(&self, FunctionId(id): FunctionId) -> &str {
        self.functions.get(id as usize).map_or("f", String::as_str)
    }

    /// A constant's name.
    pub(super) fn constant(&self, ConstantId(id): ConstantId) -> &str {
        self.constants.get(id as usize).map_or("c", String::as_str)
    }

    /// A parameter of a function.
    pub(super) fn argument(&self, name: &str) -> String {
        pretty(name)
    }

    /// The symbol of an equation.
    pub(super) fn symbol(&self, derivation: &Derivation, id: EquationId) -> Piece {
        if let Some(derived) = self.derived.get(&id) {
            return Piece::new(derived.clone(), Level::Atom);
        }
        let base = |id: EquationId| self.plain(derivation, id);
        let fraction = |of: &str, by: EquationId| self.fraction(of, &base(by));
        match &derivation.equation(id).symbol {
            Symbol::Partial { of, by } => fraction(&base(*of), *by),
            Symbol::Gradient(of) => fraction("E", *of),
            Symbol::BatchGradient(_, of) => fraction(self.batch_loss, *of),
            Symbol::PenaltyGradient(of) => fraction("P", *of),
            Symbol::ObjectiveGradient(of) => fraction("J", *of),
            Symbol::Updated(of) => Piece::new(format!("{}^{{+}}", base(*of)), Level::Closed),
            _ => Piece::new(base(id), Level::Atom),
        }
    }

    /// ∂of/∂by
    pub(super) fn derivative(&self, derivation: &Derivation, of: EquationId, by: EquationId) -> Piece {
        self.fraction(&self.plain(derivation, of), &self.plain(derivation, by))
    }

    fn fraction(&self, of: &str, by: &str) -> Piece {
        Piece::new(format!(r"\frac{{\partial {of}}}{{\partial {by}}}"), Level::Closed)
    }

    /// The symbol of a value that is no derivative.
    fn plain(&self, derivation: &Derivation, id: EquationId) -> String {
        if let Some(derived) = self.derived.get(&id) {
            return derived.clone();
        }
        match &derivation.equation(id).symbol {
            Symbol::Named(name) | Symbol::Setting(name) => self.spelling(name),
            Symbol::Loss => "E".to_owned(),
            Symbol::BatchLoss(_) => self.batch_loss.to_owned(),
            _ => upright(&derivation.name_of(id)),
        }
    }
}

/// The usual letter of a setting.
fn setting(name: &str) -> String {
    let letter = match name {
        "rate" => r"\eta",
        "momentum" => r"\mu",
        "decay" => r"\lambda",
        "smoothing" => r"\rho",
        "beta1" => r"\beta_{1}",
        "beta2" => r"\beta_{2}",
        "epsilon" => r"\varepsilon",
        name => return pretty(name),
    };
    letter.to_owned()
}

/// `w5` as w₅, `W_hidden1` as W with a word below, words upright.
fn pretty(name: &str) -> String {
    match name.split_once('_') {
        Some((head, tail)) if head.chars().count() == 1 && !tail.is_empty() => {
            format!("{}_{{{}}}", word(head), word(tail))
        }
        _ => word(name),
    }
}

fn word(name: &str) -> String {
    let mut rest = name.chars();
    let first = rest.next().filter(|c| c.is_alphabetic()).and_then(letter);
    let rest = rest.as_str();
    match first {
        Some(letter) if rest.is_empty() => letter,
        Some(letter) if rest.bytes().all(|b| b.is_ascii_digit()) => format!("{letter}_{{{rest}}}"),
        _ if name.bytes().all(|b| b.is_ascii_digit()) => name.to_owned(),
        _ => upright(name),
    }
}

fn upright(name: &str) -> String {
    let escaped = name.replace('_', r"\_");
    if name.is_ascii() { format!(r"\mathrm{{{escaped}}}") } else { format!(r"\text{{{escaped}}}") }
}

/// A letter of mathematics: Latin, or Greek by its command.
fn letter(c: char) -> Option<String> {
    const GREEK: [(&str, &str); 2] = [
        (
            "αβγδεζηθικλμνξπρστυφχψω",
            "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi omega",
        ),
        ("ΓΔΘΛΞΠΣΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"),
    ];
    if c.is_ascii_alphabetic() {
        return Some(c.to_string());
    }
    let mut letters = GREEK.iter().flat_map(|(letters, words)| letters.chars().zip(words.split(' ')));
    letters.find(|(greek, _)| *greek == c).map(|(_, command)| format!(r"\{command}"))
}
