//! Runs a listing, and reads what it prints.

use std::{collections::BTreeMap, fs, process::Command};

use mlp_dsl::{
    Compilation,
    ir::{
        Derivation,
        equation::{EquationId, Per},
    },
    weights::NoFiles,
};
use mlp_eval::{Evaluation, Point, evaluate};
use mlp_script::{Language, emit};

use crate::bound::Bound;

pub(crate) const LANGUAGES: [Language; 2] = [Language::Python, Language::JavaScript];

/// The equations of a text.
pub(crate) fn derivation(text: &str) -> Derivation {
    Compilation::of(text, &NoFiles).unwrap_or_else(|found| panic!("{found:?}\n{text}")).derivation
}

/// The listing of a text.
pub(crate) fn listing(text: &str, language: Language) -> String {
    emit(&derivation(text), language, "mlpc").unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// What a listing prints.
pub(crate) fn run(listing: &str, language: Language) -> String {
    let (program, ending) = match language {
        Language::Python => ("python3", "py"),
        Language::JavaScript => ("node", "mjs"),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("listing.{ending}"));
    fs::write(&file, listing).unwrap();
    let output = Command::new(program).arg(&file).output().unwrap_or_else(|error| {
        panic!("`{program}` can't be started ({error}): install Debian's packages python3 and nodejs")
    });
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}\n{listing}");
    assert!(error.is_empty(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// What each of many listings prints: one process runs all of them.
pub(crate) fn run_all(listings: &[String], language: Language) -> Vec<String> {
    let (program, ending, arguments) = match language {
        Language::Python => ("python3", "py", vec!["-c", IN_PYTHON]),
        Language::JavaScript => ("node", "mjs", vec!["--input-type=module", "-e", IN_JAVASCRIPT]),
    };
    let folder = tempfile::tempdir().unwrap();
    for (index, listing) in listings.iter().enumerate() {
        fs::write(folder.path().join(format!("{index}.{ending}")), listing).unwrap();
    }
    let count = listings.len().to_string();
    let run = Command::new(program).args(arguments).arg(count).current_dir(&folder).output();
    let output = run.unwrap_or_else(|error| {
        panic!("`{program}` can't be started ({error}): install Debian's packages python3 and nodejs")
    });
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<String> = printed.split("== next\n").skip(1).map(str::to_owned).collect();
    let failed = || listings.get(parts.len().saturating_sub(1)).cloned().unwrap_or_default();
    assert!(output.status.success() && error.is_empty(), "{error}\n{}", failed());
    assert_eq!(parts.len(), listings.len());
    parts
}

const IN_PYTHON: &str = "import runpy, sys
for number in range(int(sys.argv[1])):
    print('== next')
    runpy.run_path(f'{number}.py')
";

const IN_JAVASCRIPT: &str = "const { pathToFileURL } = await import('node:url');
for (let number = 0; number < Number(process.argv[1]); number++) {
  console.log('== next');
  await import(pathToFileURL(`${number}.mjs`));
}
";

/// What a listing prints, by sample (0 for the step) and label.
pub(crate) fn read(printed: &str) -> BTreeMap<(usize, String), Vec<f64>> {
    let mut sample = 0;
    let mut values = BTreeMap::new();
    for line in printed.lines() {
        if let Some(number) = line.strip_prefix("Sample ") {
            sample = number.parse().unwrap();
            continue;
        }
        if line == "All samples" {
            sample = 0;
            continue;
        }
        let (label, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        let numbers = value.replace(['[', ']'], "");
        let numbers: Vec<f64> =
            numbers.split(", ").map(|number| number.parse().unwrap_or_else(|_| panic!("{line}"))).collect();
        let before = values.insert((sample, label.to_owned()), numbers);
        assert!(before.is_none() || sample > 0, "{label} is printed twice");
    }
    values
}

/// How a listing compares with the interpreter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreement {
    /// Values that were compared.
    pub(crate) values: usize,
    /// Those that must have equal bits.
    pub(crate) exact: usize,
    /// Those with equal bits.
    pub(crate) equal: usize,
    /// Those that may differ by any amount: near a kink or a pole.
    pub(crate) unknown: usize,
    /// The largest difference, relative to the value, and where.
    pub(crate) worst: f64,
    pub(crate) worst_at: String,
    /// The largest difference, relative to the size of the terms, and where.
    pub(crate) of_terms: f64,
    pub(crate) of_terms_at: String,
    /// The largest difference as a part of its bound.
    pub(crate) of_bound: f64,
}

impl Agreement {
    pub(crate) fn add(&mut self, other: Agreement) {
        self.values += other.values;
        self.exact += other.exact;
        self.equal += other.equal;
        self.unknown += other.unknown;
        self.of_bound = self.of_bound.max(other.of_bound);
        if other.of_terms > self.of_terms {
            (self.of_terms, self.of_terms_at) = (other.of_terms, other.of_terms_at);
        }
        if other.worst > self.worst {
            (self.worst, self.worst_at) = (other.worst, other.worst_at);
        }
    }
}

/// Runs the listing of a network and holds each printed value against the interpreter's.
pub(crate) fn agreement(derivation: &Derivation, language: Language) -> Result<Agreement, String> {
    let listing = emit(derivation, language, "mlpc").map_err(|refusal| refusal.to_string())?;
    agreement_of(derivation, language, &run(&listing, language))
}

/// Holds each value that a listing has printed against the interpreter's.
pub(crate) fn agreement_of(
    derivation: &Derivation,
    language: Language,
    printed: &str,
) -> Result<Agreement, String> {
    let printed = read(printed);
    let point = Point::declared(derivation).unwrap();
    let (values, bounds) = (evaluate::<f64>(derivation, &point), evaluate::<Bound>(derivation, &point));
    let many = point.samples() > 1;
    let mut agreement = Agreement::default();
    let mut found = 0;
    for (id, equation) in derivation.numbered() {
        let samples = if many && equation.per == Per::Sample { 1..point.samples() + 1 } else { 0..1 };
        for sample in samples {
            let name = derivation.name_of(id);
            let Some(numbers) = printed.get(&(sample, name.clone())) else { continue };
            found += 1;
            let at = format!("{} {language:?}: {name} of sample {sample}", derivation.header.name);
            compare(&at, numbers, &of(&values, id, sample), &of(&bounds, id, sample), &mut agreement)?;
        }
    }
    if found != printed.len() || found == 0 {
        return Err(format!("{} of {} printed values are known", found, printed.len()));
    }
    Ok(agreement)
}

fn of<R: mlp_dsl::formula::evaluate::Real>(values: &Evaluation<R>, id: EquationId, sample: usize) -> Vec<R> {
    values.value_of(id, sample.saturating_sub(1)).unwrap().iter().collect()
}

fn compare(
    at: &str,
    printed: &[f64],
    values: &[f64],
    bounds: &[Bound],
    agreement: &mut Agreement,
) -> Result<(), String> {
    if printed.len() != values.len() {
        return Err(format!("{at}: {} numbers, not {}", printed.len(), values.len()));
    }
    for ((own, value), bound) in printed.iter().zip(values).zip(bounds) {
        agreement.values += 1;
        agreement.exact += usize::from(bound.error == 0.0);
        // A sum from 0 has no negative zero.
        if own == value || (own.is_nan() && value.is_nan()) {
            agreement.equal += 1;
            continue;
        }
        if !bound.error.is_finite() {
            agreement.unknown += 1;
            continue;
        }
        let difference = (own - value).abs();
        let relative = difference / value.abs();
        if difference.is_nan() || difference > bound.error {
            return Err(format!(
                "{at}: {own:?} printed, {value:?} computed; at most {:e} apart",
                bound.error
            ));
        }
        agreement.of_bound = agreement.of_bound.max(difference / bound.error);
        if difference / bound.size > agreement.of_terms {
            agreement.of_terms = difference / bound.size;
            agreement.of_terms_at = format!("{at}: {own:?}, {value:?}");
        }
        if relative > agreement.worst {
            agreement.worst = relative;
            agreement.worst_at = format!("{at}: {own:?}, {value:?}");
        }
    }
    Ok(())
}
