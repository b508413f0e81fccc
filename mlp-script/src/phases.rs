//! The order of the statements: what each sample has, pass by pass, and what the step does with all of them.

use std::collections::BTreeSet;

use mlp_dsl::ir::{
    array::Op,
    equation::{EquationId, Per, Role},
};

use crate::{
    Language,
    page::Page,
    program::Program,
    text::{Level, Text},
};

/// The equations of a pass over one sample.
struct Pass {
    key: &'static str,
    name: &'static str,
    about: &'static str,
    equations: Vec<EquationId>,
}

/// The equations in the order of the listing.
struct Order {
    /// Before the samples: of parameters alone, and used with each sample.
    before: Vec<EquationId>,
    passes: Vec<Pass>,
    /// After the samples.
    after: Vec<EquationId>,
}

impl Program<'_> {
    /// Everything after what is given.
    pub(crate) fn passes(&self, page: &mut Page) {
        let order = self.order();
        if !order.before.is_empty() {
            page.heading("What all samples share");
            self.statements(page, &order.before);
        }
        let functions = if self.layers { self.pass_functions(page, &order) } else { Vec::new() };
        if self.samples == 1 {
            self.one_sample(page, &order, &functions);
        } else {
            self.each_sample(page, &order, &functions);
        }
        let mut title = None;
        for id in &order.after {
            let own = self.title(*id);
            if title != Some(own) {
                page.heading(own);
                title = Some(own);
            }
            self.statements(page, &[*id]);
        }
    }

    fn order(&self) -> Order {
        let count = self.derivation.equations.len();
        let mut needed = vec![false; count];
        for (id, equation) in self.derivation.numbered().rev() {
            let own = needed.get(id.index()) == Some(&true);
            // The loop over the samples adds up what a mean is taken of.
            let in_loop = equation.op.reduced().is_some();
            if own || in_loop || equation.per == Per::Sample {
                for operand in equation.op.operands() {
                    if let Some(mark) = needed.get_mut(operand.index()) {
                        *mark = true;
                    }
                }
            }
        }
        let pass = |key, name, about, roles: &[Role]| {
            let of_pass = self.computed().filter(|id| self.is_of_sample(*id));
            Pass {
                key,
                name,
                about,
                equations: of_pass.filter(|id| roles.contains(&self.equation(*id).role)).collect(),
            }
        };
        let passes = vec![
            pass("forward", "forward", "The forward pass of one sample", &[Role::Forward]),
            pass("loss", "loss", "The loss of one sample", &[Role::Loss]),
            pass(
                "backward",
                "backward",
                "The backward pass of one sample: ∂E/∂value, from the loss back",
                &[Role::LocalDerivative, Role::ChainRule, Role::Penalty, Role::Batch, Role::Update],
            ),
        ];
        let of_batch = |needed_first: bool| {
            let of_batch = self.computed().filter(|id| !self.is_of_sample(*id));
            of_batch.filter(|id| (needed.get(id.index()) == Some(&true)) == needed_first).collect()
        };
        Order { before: of_batch(true), passes, after: of_batch(false) }
    }

    /// The equations that have a statement of their own.
    fn computed(&self) -> impl Iterator<Item = EquationId> {
        let single = self.samples == 1;
        let all = self.derivation.numbered().filter(move |(_, equation)| {
            let given = matches!(equation.op, Op::Given | Op::Setting(_));
            let same = single && matches!(equation.op, Op::BatchMean(_) | Op::BatchSum(_));
            !given && !same
        });
        all.map(|(id, _)| id)
    }

    fn statements(&self, page: &mut Page, equations: &[EquationId]) {
        for id in equations {
            self.statement(page, *id);
            self.print(page, *id);
        }
    }

    fn one_sample(&self, page: &mut Page, order: &Order, functions: &[Call]) {
        if self.layers && !functions.is_empty() {
            page.heading("The step");
        }
        for pass in order.passes.iter().filter(|pass| !pass.equations.is_empty()) {
            if !self.layers {
                page.heading(self.heading_of(pass.key));
            }
            self.pass(page, pass, functions);
        }
    }

    fn each_sample(&self, page: &mut Page, order: &Order, functions: &[Call]) {
        page.heading("Sample by sample");
        let sums: BTreeSet<EquationId> = order.after.iter().flat_map(|id| self.summed(*id)).collect();
        if !sums.is_empty() {
            page.comment("Sums over the samples, in their order");
        }
        for id in &sums {
            let zero = self.spelling().number(0.0, false);
            page.variable(&self.names.sum(*id), &self.each(self.equation(*id).shape, &zero));
        }
        page.blank();
        self.open_samples(page);
        for pass in order.passes.iter().filter(|pass| !pass.equations.is_empty()) {
            if !self.layers {
                page.blank();
                page.comment(&format!("-- {} --", self.heading_of(pass.key)));
            }
            self.pass(page, pass, functions);
        }
        page.blank();
        for id in &sums {
            let shape = self.equation(*id).shape;
            let at = |name: String| format!("{name}{}", self.place(shape));
            let sum = format!("{} + {}", at(self.names.sum(*id)), at(self.names.value(*id)));
            page.assign(&self.names.sum(*id), &self.each(shape, &Text::of(Level::Sum, sum)));
        }
        page.close();
        if !order.after.is_empty() {
            page.blank();
            match self.language {
                Language::Python => page.line("print(\"All samples\")"),
                Language::JavaScript => page.line("console.log(\"All samples\");"),
            }
        }
    }

    /// The values whose sums over the samples an equation takes.
    fn summed(&self, id: EquationId) -> Vec<EquationId> {
        let op = &self.equation(id).op;
        if op.reduced().is_some() { op.operands() } else { Vec::new() }
    }

    /// The loop over the samples, with the number of each.
    fn open_samples(&self, page: &mut Page) {
        let names: Vec<String> = self.sample_names().iter().map(|id| self.names.value(*id)).collect();
        let (number, samples) = (&self.names.number, &self.names.samples);
        match self.language {
            Language::Python => {
                let one = if names.len() == 1 { ",)" } else { ")" };
                page.listed(
                    &format!("for {number}, "),
                    ["(", one],
                    &names,
                    &format!(" in enumerate({samples}, 1):"),
                );
                page.indent();
                page.line(&format!("print(\"Sample\", {number})"));
            }
            Language::JavaScript => {
                let end = format!("] of {samples}.entries()) {{");
                page.listed(&format!("for (const [{number}, "), ["[", "]"], &names, &end);
                page.indent();
                page.line(&format!("console.log(\"Sample \" + ({number} + 1));"));
            }
        }
    }

    /// A pass: its statements, or the call of its function.
    fn pass(&self, page: &mut Page, pass: &Pass, functions: &[Call]) {
        let Some(call) = functions.iter().find(|call| call.key == pass.key) else {
            return self.statements(page, &pass.equations);
        };
        page.blank();
        let names =
            |ids: &[EquationId]| -> Vec<String> { ids.iter().map(|id| self.names.value(*id)).collect() };
        let (parameters, results) = (names(&call.parameters), names(&call.results));
        let value = format!("{}({})", call.name, parameters.join(",\n"));
        match (self.language, results.as_slice()) {
            (_, [only]) => page.define(only, &Text::atom(value)),
            (Language::Python, _) => {
                let flat = format!("{} = {}", results.join(", "), crate::text::flat(&value));
                if page.fits(&flat) {
                    page.line(&flat);
                } else {
                    page.listed("", ["(", ")"], &results, &format!(" = {}", crate::text::flat(&value)));
                }
            }
            (Language::JavaScript, _) => {
                page.listed("const ", ["[", "]"], &results, &format!(" = {};", crate::text::flat(&value)));
            }
        }
        for id in &call.results {
            self.print(page, *id);
        }
    }

    /// The passes as functions.
    fn pass_functions(&self, page: &mut Page, order: &Order) -> Vec<Call> {
        let mut calls = Vec::new();
        for pass in order.passes.iter().filter(|pass| !pass.equations.is_empty()) {
            let call = self.call(pass);
            if !call.results.is_empty() {
                page.gap();
                page.comment(pass.about);
                self.pass_function(page, pass, &call);
                calls.push(call);
            }
        }
        calls
    }

    fn pass_function(&self, page: &mut Page, pass: &Pass, call: &Call) {
        let names =
            |ids: &[EquationId]| -> Vec<String> { ids.iter().map(|id| self.names.value(*id)).collect() };
        page.function(&call.name, &names(&call.parameters), true);
        for id in &pass.equations {
            self.statement(page, *id);
        }
        page.blank();
        let results = names(&call.results);
        match (self.language, results.as_slice()) {
            (_, [only]) => page.give(&Text::atom(only.clone())),
            (Language::Python, _) => {
                let flat = format!("return {}", results.join(", "));
                if page.fits(&flat) {
                    page.line(&flat);
                } else {
                    page.listed("return ", ["(", ")"], &results, "");
                }
            }
            (Language::JavaScript, _) => page.listed("return ", ["[", "]"], &results, ";"),
        }
        page.close();
    }

    /// What a pass reads of other passes, and what it gives: values that are printed, or used later.
    fn call(&self, pass: &Pass) -> Call {
        let own: BTreeSet<EquationId> = pass.equations.iter().copied().collect();
        let is_outside = |id: &EquationId| self.is_of_sample(*id) && !own.contains(id);
        let read = pass.equations.iter().flat_map(|id| self.equation(*id).op.operands());
        let parameters: BTreeSet<EquationId> = read.filter(is_outside).collect();
        let outside = self.derivation.numbered().filter(|(id, _)| !own.contains(id));
        let later: BTreeSet<EquationId> = outside.flat_map(|(_, equation)| equation.op.operands()).collect();
        let results = pass.equations.iter().filter(|id| later.contains(id) || self.is_printed(**id));
        Call {
            key: pass.key,
            name: self.names.own(pass.name),
            parameters: parameters.into_iter().collect(),
            results: results.copied().collect(),
        }
    }
}

/// A function of a pass.
struct Call {
    key: &'static str,
    name: String,
    parameters: Vec<EquationId>,
    results: Vec<EquationId>,
}
