//! Constants and functions of the specification, and those of the prelude that it calls.

use mlp_dsl::{
    formula::{
        ConstantId, FunctionId, Term, TermId,
        scalar::{Binary, Function},
    },
    never::OrNever,
};

use crate::{
    formula::{Words, Written, write},
    helpers::Helper,
    page::Page,
    program::Program,
};

/// The words of a function's formula.
struct Body<'p, 'd> {
    program: &'p Program<'d>,
    parameters: &'p [String],
}

impl Words for Body<'_, '_> {
    fn leaf(&self, leaf: u32) -> String {
        self.parameters.get(leaf as usize).cloned().or_never("a function has its parameters", String::new())
    }
    fn constant(&self, id: ConstantId) -> String {
        self.program.names.constant(id.0 as usize)
    }
    fn function(&self, id: FunctionId) -> String {
        self.program.names.function(id)
    }
    fn helper(&self, helper: Helper) -> String {
        self.program.helper_name(helper)
    }
    fn guarded(&self, op: Binary) -> bool {
        self.program.guarded(op)
    }
}

impl Program<'_> {
    /// Constants and functions.
    pub(crate) fn functions(&self, page: &mut Page) {
        let constants = self.derivation.header.constants.iter().enumerate();
        let mut first = true;
        for (index, (_, value)) in constants {
            if self.uses_constant(ConstantId(index as u32)) {
                if first {
                    page.heading("Constants");
                    first = false;
                }
                page.define(&self.names.constant(index), &self.spelling().number(*value, false));
            }
        }
        for id in &self.called {
            if let Some(function) = self.derivation.header.functions.get(id.0 as usize) {
                page.gap();
                self.function(page, *id, function);
            }
        }
    }

    fn function(&self, page: &mut Page, id: FunctionId, function: &Function) {
        self.documentation(page, &function.docs);
        let mut inside = self.names.inside();
        let parameters: Vec<String> = function.parameters.iter().map(|name| inside.own(name)).collect();
        let words = Body { program: self, parameters: &parameters };
        let mut count = 0;
        let mut name = || {
            count += 1;
            inside.own(&format!("u{count}"))
        };
        let written = write(&function.body, self.spelling(), &words, &mut name);
        page.function(&self.names.function(id), &parameters, false);
        for (name, part) in &written.parts {
            page.define(name, &crate::text::Text::atom(part.clone()));
        }
        self.returned(page, &function.body, &written);
        page.close();
    }

    /// A chain of choices as conditions with a `return` each, anything else as one `return`.
    fn returned(&self, page: &mut Page, body: &mlp_dsl::formula::Formula, written: &Written) {
        let named = |id: TermId| {
            let text = written.at(id).text;
            written.parts.iter().any(|(name, _)| *name == text)
        };
        let mut last = TermId((body.terms().len() as u32).saturating_sub(1));
        while let Some(Term::Select(s)) = body.term(last) {
            let [left, right] = [s.left, s.right].map(|id| match body.term(id) {
                Some(Term::Number(x)) => self.spelling().number(*x, true),
                Some(_) | None => written.at(id),
            });
            page.open_if(&self.spelling().condition(s.comparison, &left, &right));
            page.give(&written.at(s.then));
            page.close();
            last = s.otherwise;
            if named(last) {
                break;
            }
        }
        page.give(&written.at(last));
    }
}
