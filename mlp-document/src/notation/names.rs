//! The notation: for each name of the specification one spelling, no two alike.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::{ConstantId, FunctionId, scalar::Function},
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    model::Reduction,
    never,
    never::OrNever,
};

use crate::{expression::book::has_named_elements, sections::facts::is_of_neurons};

use super::{
    logits::Logits,
    math::{Mark, Math, Name},
    spelling::{pretty, setting},
};

/// The names of a derivation.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    spelled: HashMap<String, Name>,
    constants: Vec<Name>,
    functions: Vec<Name>,
    derived: HashMap<EquationId, Name>,
    /// The elements of short vectors of classes, where neurons have names.
    elements: HashMap<(EquationId, usize), Name>,
    /// All names, as they look.
    taken: Taken,
    batch_loss: Name,
    /// Whether exp(x) is eˣ: no name of the specification is e.
    pub(crate) exp_is_power: bool,
    /// The functions that are computed from net inputs.
    pub(super) logits: Logits,
}

/// Names that are used, as they look.
#[derive(Clone, Debug, Default)]
struct Taken(HashSet<Name>);

impl Taken {
    /// The first spelling that looks like nothing else.
    fn choose(&mut self, candidates: Vec<Name>, full: &str) -> Name {
        let numbered = (2..).map(|k: usize| Name::word(full).with(Name::digits(format!("({k})"))));
        let mut spellings = candidates.into_iter().chain(numbered);
        loop {
            if let Some(spelling) = spellings.next()
                && self.0.insert(spelling.look())
            {
                return spelling;
            }
        }
    }
}

/// Whether it is the symbol of the weight of a sample.
fn is_weight(derivation: &Derivation, symbol: &Symbol) -> bool {
    let weight = derivation.loss.as_ref().and_then(|loss| loss.weight);
    weight.is_some_and(|id| derivation.equation(id).symbol == *symbol)
}

impl Names {
    /// Chooses the spellings. `single` says that there is one sample: then its loss is the mean.
    pub(crate) fn new(derivation: &Derivation, single: bool) -> Self {
        let users = names_of(derivation);
        let mut parameters = derivation.header.functions.iter().flat_map(|f| &f.parameters);
        let exp_is_power = !users.contains(&"e") && parameters.all(|name| name != "e");
        let mut taken = Taken::default();
        let own = ["E", "P", "J", "e", "m"].into_iter().filter(|own| *own != "e" || exp_is_power);
        taken.0.extend(own.map(Name::letter));
        let functions = derivation.header.functions.iter().map(|f| of_function(f, &mut taken)).collect();
        let mut spelled: HashMap<String, Name> = HashMap::new();
        for name in users {
            if !spelled.contains_key(name) {
                let spelling = taken.choose(vec![setting(name), pretty(name), Name::word(name)], name);
                spelled.insert(name.to_owned(), spelling);
            }
        }
        let constant = |(name, _): &(String, f64)| {
            spelled.get(name).cloned().or_never("a constant has a spelling", pretty(name))
        };
        let constants = derivation.header.constants.iter().map(constant).collect();
        let batch_loss = match derivation.loss.as_ref().map(|loss| loss.reduction) {
            _ if single => loss(),
            Some(Reduction::Sum) => loss().with(Name::letter("Σ")),
            Some(Reduction::Mean) | None => loss().marked(Mark::Bar),
        };
        let (derived, elements, logits) = (HashMap::new(), HashMap::new(), Logits::new(derivation));
        let own = Taken::default();
        let mut names = Names {
            spelled,
            constants,
            functions,
            derived,
            elements,
            taken: own,
            batch_loss,
            exp_is_power,
            logits,
        };
        names.derive(derivation, &mut taken);
        if is_of_neurons(derivation) {
            names.name_elements(derivation, &mut taken);
        }
        names.taken = taken;
        names
    }

    /// Names made from names: net inputs, deltas, parts of the loss.
    fn derive(&mut self, derivation: &Derivation, taken: &mut Taken) {
        for (id, equation) in derivation.numbered() {
            let of_dropout = self.of_dropout(derivation, id);
            let Some(name) = of_dropout.or_else(|| self.made(derivation, &equation.symbol)) else { continue };
            let full = derivation.name_of(id);
            // The letters of these two are reserved.
            let chosen = if matches!(equation.symbol, Symbol::Penalty | Symbol::Objective) {
                name
            } else {
                taken.choose(vec![name, Name::word(full.as_str())], &full)
            };
            self.derived.insert(id, chosen);
        }
    }

    /// The mask of a layer with dropout, or its values before dropout.
    fn of_dropout(&self, derivation: &Derivation, id: EquationId) -> Option<Name> {
        let (what, dropout) = match (derivation.mask(id), derivation.before_dropout(id)) {
            (Some(dropout), _) => (Name::letter("m"), dropout),
            (None, Some(dropout)) => (Name::word("full"), dropout),
            (None, None) => return None,
        };
        Some(what.with(self.spelling(&dropout.layer)))
    }

    /// Names for the elements of named vectors, all of one or none.
    fn name_elements(&mut self, derivation: &Derivation, taken: &mut Taken) {
        for (id, equation) in derivation.numbered().filter(|(id, _)| has_named_elements(derivation, *id)) {
            let whole = self.plain(derivation, id);
            let of = |index: usize| whole.clone().with(Name::digits((index + 1).to_string()));
            let count = equation.shape.count();
            if (0..count).all(|index| !taken.0.contains(&of(index).look())) {
                taken.0.extend((0..count).map(|index| of(index).look()));
                self.elements.extend((0..count).map(|index| ((id, index), of(index))));
            }
        }
    }

    /// The name that a rule gives to a part of its formulas, for a parameter: `m_hat` is m with a roof.
    pub(crate) fn of_rule(&self, derivation: &Derivation, name: &str, parameter: EquationId) -> Name {
        let short = match name.strip_suffix("_hat") {
            Some(base) if !base.is_empty() => pretty(base).marked(Mark::Hat),
            Some(_) | None => pretty(name),
        };
        let short = short.with(self.plain(derivation, parameter));
        if self.taken.0.contains(&short.look()) {
            return Name::word(format!("{name}_{}", derivation.name_of(parameter)));
        }
        short
    }

    /// The name of an element of a vector.
    pub(super) fn element(&self, id: EquationId, index: usize) -> Option<Name> {
        self.elements.get(&(id, index)).cloned()
    }

    /// The name that is made for a symbol; none where the specification has the name, and for
    /// derivatives.
    fn made(&self, derivation: &Derivation, symbol: &Symbol) -> Option<Name> {
        let numbered =
            |letter: &str, number: &dyn ToString| Name::letter(letter).with(Name::digits(number.to_string()));
        match symbol {
            Symbol::Net(owner) => Some(Name::word("net").with(self.spelling(owner))),
            Symbol::Component(owner) => Some(loss().with(self.spelling(owner))),
            Symbol::Gradient(of) => {
                let Symbol::Net(owner) = &derivation.equation(*of).symbol else { return None };
                Some(Name::letter("δ").with(self.spelling(owner)))
            }
            Symbol::Local(_) if is_weight(derivation, symbol) => Some(Name::letter("ω")),
            Symbol::Local(name) => Some(pretty(name)),
            Symbol::Penalty => Some(penalty()),
            Symbol::PenaltyPart(number) => Some(numbered("P", number)),
            Symbol::Objective => Some(objective()),
            Symbol::StepNumber => Some(Name::word("step")),
            Symbol::State { name, of } => Some(pretty(name).with(self.plain(derivation, *of))),
            Symbol::GradientNorm => Some(Name::letter("∇").marked(Mark::Norm)),
            Symbol::ClipFactor => Some(Name::letter("c")),
            Symbol::Step(number) => Some(numbered("s", number)),
            Symbol::Named(_)
            | Symbol::Setting(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Partial { .. }
            | Symbol::BatchGradient(..)
            | Symbol::PenaltyGradient(_)
            | Symbol::ObjectiveGradient(_)
            | Symbol::Pulled(_)
            | Symbol::BatchPulled(_)
            | Symbol::Updated(_) => None,
        }
    }

    fn spelling(&self, name: &str) -> Name {
        self.spelled.get(name).cloned().unwrap_or_else(|| pretty(name))
    }

    /// Whether an equation has a name that is made from others.
    pub(super) fn is_derived(&self, id: EquationId) -> bool {
        self.derived.contains_key(&id)
    }

    /// A function's name.
    pub(crate) fn function(&self, FunctionId(id): FunctionId) -> Name {
        self.functions.get(id as usize).cloned().or_never("a function has a name", Name::word("?"))
    }

    /// A constant's name.
    pub(crate) fn constant(&self, ConstantId(id): ConstantId) -> Name {
        self.constants.get(id as usize).cloned().or_never("a constant has a name", Name::word("?"))
    }

    /// A parameter of a function.
    pub(crate) fn argument(&self, name: &str) -> Name {
        pretty(name)
    }

    /// The symbol of an equation.
    pub(crate) fn symbol(&self, derivation: &Derivation, id: EquationId) -> Math {
        if let Some(derived) = self.derived.get(&id) {
            return derived.clone().into();
        }
        let base = |id: EquationId| self.plain(derivation, id);
        let derivative = |of: Name, by: EquationId| Math::derivative(of, base(by).into());
        match &derivation.equation(id).symbol {
            Symbol::Partial { of, by } => derivative(base(*of), *by),
            Symbol::Gradient(of) => derivative(loss(), *of),
            Symbol::BatchGradient(_, of) => derivative(self.batch_loss.clone(), *of),
            Symbol::PenaltyGradient(of) => derivative(penalty(), *of),
            Symbol::ObjectiveGradient(of) => derivative(objective(), *of),
            Symbol::Pulled(of) => derivative(loss(), *of),
            Symbol::BatchPulled(of) => derivative(self.batch_loss.clone(), *of),
            Symbol::Updated(of) => base(*of).marked(Mark::Plus).into(),
            Symbol::Named(_)
            | Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::State { .. }
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Step(_) => base(id).into(),
        }
    }

    /// The symbol of a value that is no derivative.
    pub(crate) fn plain(&self, derivation: &Derivation, id: EquationId) -> Name {
        if let Some(derived) = self.derived.get(&id) {
            return derived.clone();
        }
        match &derivation.equation(id).symbol {
            Symbol::Named(name) | Symbol::Setting(name) => self.spelling(name),
            Symbol::Loss => loss(),
            Symbol::BatchLoss(_) => self.batch_loss.clone(),
            Symbol::Partial { .. }
            | Symbol::Gradient(_)
            | Symbol::BatchGradient(..)
            | Symbol::PenaltyGradient(_)
            | Symbol::ObjectiveGradient(_)
            | Symbol::Pulled(_)
            | Symbol::BatchPulled(_)
            | Symbol::Updated(_) => Name::word(derivation.name_of(id)),
            Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::StepNumber
            | Symbol::State { .. }
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Step(_) => {
                never!("`{}` has a name that is made from it", derivation.name_of(id));
                Name::word(derivation.name_of(id))
            }
        }
    }
}

/// The loss of a sample.
pub(super) fn loss() -> Name {
    Name::letter("E")
}

fn penalty() -> Name {
    Name::letter("P")
}

fn objective() -> Name {
    Name::letter("J")
}

/// The names that the specification gives to values and constants, in order.
fn names_of(derivation: &Derivation) -> Vec<&str> {
    let named = derivation.equations.iter().filter_map(|e| {
        let (Symbol::Named(name) | Symbol::Setting(name)) = &e.symbol else { return None };
        Some(name.as_str())
    });
    named.chain(derivation.header.constants.iter().map(|(name, _)| name.as_str())).collect()
}

fn of_function(function: &Function, taken: &mut Taken) -> Name {
    let short = match function.name.as_str() {
        "sigmoid" if function.prelude => Name::letter("σ"),
        name => Name::word(name),
    };
    taken.choose(vec![short, Name::word(function.name.as_str())], &function.name)
}
