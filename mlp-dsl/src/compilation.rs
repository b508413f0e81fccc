//! From a text to its equations and the plan that computes them: the phases in their order, for all callers.

use crate::{
    check,
    diagnostic::{Diagnostic, Diagnostics},
    ir::{self, Derivation},
    lint::Warnings,
    model::Model,
    never,
    plan::{self, Plan},
    syntax::{self, ast::Ast},
    weights::{Files, NoFiles},
};

/// A compiled specification. Both verifiers have accepted it, in release builds too.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// The equations.
    pub derivation: Derivation,
    /// The same and those of the backward pass from a given gradient with respect to the output, which come after them;
    /// where `backward inputs` asks for it. The plan is made of these.
    pub with_pull_back: Option<Derivation>,
    /// The instructions that compute them.
    pub plan: Plan,
    /// What is valid and surely not meant.
    pub warnings: Warnings,
}

impl Compilation {
    /// Compiles a text, with the files that it names.
    ///
    /// # Errors
    /// All diagnostics that were found.
    pub fn of(text: &str, files: &dyn Files) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let ast = syntax::parse(text, &mut diagnostics);
        Compilation::of_ast(&ast, diagnostics, files)
    }

    /// Compiles a syntax tree; `diagnostics` are those of its text.
    ///
    /// # Errors
    /// All diagnostics that were found.
    pub fn of_ast(
        ast: &Ast,
        mut diagnostics: Diagnostics,
        files: &dyn Files,
    ) -> Result<Self, Vec<Diagnostic>> {
        let model = never::catch(|| check::check(ast, files, &mut diagnostics));
        match model.map_err(|fault| vec![fault])? {
            Some(model) if diagnostics.is_empty() => {
                never::catch(|| Compilation::of_model(ast, &model)).flatten().map_err(|found| vec![found])
            }
            None if diagnostics.is_empty() => {
                let missing = never::catch(|| never!("a specification without errors has a model"));
                Err(missing.err().into_iter().collect())
            }
            Some(_) | None => Err(diagnostics.into_sorted()),
        }
    }

    fn of_model(ast: &Ast, model: &Model) -> Result<Self, Diagnostic> {
        let compiled = Compilation::of_derivation(ir::derive(model)?)?;
        Ok(Compilation { warnings: Warnings::of(ast, model), ..compiled })
    }

    /// Plans equations; they have no warnings.
    ///
    /// # Errors
    /// A workspace beyond the limit.
    pub fn of_derivation(derivation: Derivation) -> Result<Self, Diagnostic> {
        let with_pull_back = derivation.with_pull_back()?;
        let executed = with_pull_back.as_ref().unwrap_or(&derivation);
        let plan = plan::plan(executed);
        plan::fits(executed, &plan)?;
        Ok(Compilation { derivation, with_pull_back, plan, warnings: Warnings::default() })
    }

    /// The equations that the plan computes.
    pub fn executed(&self) -> &Derivation {
        self.with_pull_back.as_ref().unwrap_or(&self.derivation)
    }
}

/// The equations of a text that names no files.
///
/// # Errors
/// All diagnostics that were found.
pub fn compile(text: &str) -> Result<Derivation, Vec<Diagnostic>> {
    Compilation::of(text, &NoFiles).map(|compiled| compiled.derivation)
}
