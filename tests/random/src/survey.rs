//! Many networks checked side by side.

use std::{collections::BTreeSet, fmt, ops::Range, thread};

use mlp_dsl::compile;

use crate::{
    checks::{Findings, check},
    coverage,
    generator::specification,
};

/// What was found over many networks.
#[derive(Debug, Default)]
pub struct Survey {
    /// What the checks found.
    pub findings: Findings,
    /// What no network uses.
    pub uncovered: Vec<String>,
}

impl Survey {
    /// Whether everything holds and nothing is left out.
    pub fn is_good(&self) -> bool {
        self.findings.wrong.is_empty() && self.uncovered.is_empty()
    }
}

/// Checks the networks with these numbers.
pub fn survey(numbers: Range<u64>) -> Survey {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let wanted = coverage::wanted();
    let parts: Vec<(Findings, BTreeSet<String>)> = thread::scope(|scope| {
        let part = |offset: u64| {
            let (numbers, wanted) =
                (numbers.clone().skip(offset as usize).step_by(threads as usize), &wanted);
            scope.spawn(move || some(numbers, wanted))
        };
        let started: Vec<_> = (0..threads).map(part).collect();
        started.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut survey = Survey::default();
    let mut used = BTreeSet::new();
    for (findings, own) in parts {
        survey.findings.add(findings);
        used.extend(own);
    }
    survey.uncovered = wanted.difference(&used).cloned().collect();
    survey
}

fn some(numbers: impl Iterator<Item = u64>, wanted: &BTreeSet<String>) -> (Findings, BTreeSet<String>) {
    let (mut findings, mut used) = (Findings::default(), BTreeSet::new());
    for number in numbers {
        let text = specification(number);
        match compile(&text) {
            Ok(derivation) => {
                used.extend(coverage::used(&text, &derivation, wanted));
                findings.add(check(number, &derivation));
            }
            Err(found) => findings.wrong.push(format!("R{number}: {found:?}\n{text}")),
        }
    }
    (findings, used)
}

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = &self.findings;
        writeln!(f, "{} networks", found.networks)?;
        writeln!(
            f,
            "  {} gradients against the complex step, worst normwise error {:.1e} (R{}); {} times few digits count, \
             {} times not defined; {} at kinks",
            found.gradients,
            found.complex_step,
            found.complex_step_at,
            found.limited,
            found.undefined,
            found.at_kinks
        )?;
        writeln!(
            f,
            "  {} gradients against central differences, worst error {:.1e}; {} skipped at kinks",
            found.differences, found.difference, found.kinks
        )?;
        write!(f, "  {} equals signs of documents hold", found.equals)?;
        for wrong in self.findings.wrong.iter().take(20) {
            write!(f, "\n  wrong: {wrong}")?;
        }
        if !self.uncovered.is_empty() {
            write!(f, "\n  no network uses {}", self.uncovered.join(", "))?;
        }
        Ok(())
    }
}
