//! What is added to the loss once for a batch.

use mlp_dsl::ir::{
    Loss,
    equation::{EquationId, Role, Symbol},
};

use super::{content::Section, context::Context};

impl Context<'_> {
    /// The penalties, the objective, and their gradients.
    pub(super) fn penalty(&self, loss: &Loss) -> Section {
        let mut section = Section::new("penalty");
        section.say("A penalty depends on the parameters alone. It is added once for a batch, not for each sample, and is not averaged. P is the penalty, J the objective: what training makes smaller.");
        let (mut gradients, values): (Vec<EquationId>, Vec<EquationId>) =
            self.named(Role::Penalty).into_iter().partition(|id| {
                !matches!(self.derivation.equation(*id).symbol, Symbol::Penalty | Symbol::PenaltyPart(_))
            });
        gradients.sort_by_key(|id| match self.derivation.equation(*id).symbol {
            Symbol::PenaltyGradient(of) => of,
            _ => *id,
        });
        section.lines(values.iter().chain([&loss.objective]).map(|id| self.line(*id)).collect());
        section.say("Its gradients are added to those of the loss:");
        let changed = self.derivation.parameters.iter().filter(|p| p.objective() != p.batch());
        let objective = changed.filter_map(mlp_dsl::ir::Parameter::objective);
        let all: Vec<EquationId> = gradients.into_iter().chain(objective).collect();
        section.lines(self.lines_of(&all));
        self.left_out(&mut section, all.len(), "gradients");
        section
    }
}
