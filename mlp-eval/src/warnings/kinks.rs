//! W0201: kinks and ties that rounding decides.

use mlp_dsl::{
    diagnostic::Diagnostic,
    ir::equation::{EquationId, Role},
};

use super::{Declared, shown};

use crate::{Edge, NearKink, near_kinks};

impl Declared<'_> {
    /// One warning for each equation: its first such place.
    pub(super) fn near_kinks(&self) -> Vec<Diagnostic> {
        let mut last: Option<EquationId> = None;
        let mut found = Vec::new();
        for kink in near_kinks(self.derivation, &self.point) {
            if last != Some(kink.equation) {
                last = Some(kink.equation);
                found.push(self.near_kink(&kink));
            }
        }
        found
    }

    fn near_kink(&self, kink: &NearKink) -> Diagnostic {
        let equation = self.derivation.equation(kink.equation);
        let what = self.compared(kink);
        let place = shown(self.derivation, kink.equation).unwrap_or_else(|| match equation.role {
            Role::Update => "the update".to_owned(),
            Role::Loss | Role::Batch => "the loss".to_owned(),
            Role::Penalty => "the penalty".to_owned(),
            Role::Given | Role::Forward | Role::LocalDerivative | Role::ChainRule => {
                "this formula".to_owned()
            }
        });
        let sample = match self.samples.len() {
            1 => String::new(),
            _ => format!(" for sample {}", kink.sample + 1),
        };
        let difference = kink.left - kink.right;
        let exact = kink.decimal == Some(0.0) || difference == 0.0;
        let title = match (kink.decimals_differ(), exact) {
            (true, _) => format!("decimals and doubles decide {what} in {place} differently{sample}"),
            (false, true) => format!("{what} in {place} is exactly where its branches meet{sample}"),
            (false, false) => format!("rounding decides {what} in {place}{sample}"),
        };
        let label = match kink.decimal {
            Some(decimal) if decimal != difference => {
                format!("the sides differ by {difference:e} in doubles, by {decimal} in decimals")
            }
            Some(_) | None if difference == 0.0 => "both sides are equal".to_owned(),
            Some(_) | None => format!("the sides differ by {difference:e}, which is rounding alone"),
        };
        Diagnostic::warning("W0201", title, equation.span, label).help(
            "change one of the numbers a little: here the two branches have different derivatives or values",
        )
    }

    fn compared(&self, kink: &NearKink) -> String {
        let function = kink.function.and_then(|id| self.derivation.header.functions.get(id.0 as usize));
        match (function, kink.edge) {
            (Some(function), Edge::Compare(_)) => format!("`{}`", function.name),
            (_, Edge::Floor) => "`floor`".to_owned(),
            (None, Edge::Compare(sign)) => format!("`{}`", sign.sign()),
        }
    }
}
