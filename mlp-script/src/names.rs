//! Names of the program: those of the specification where the language allows them, no two alike.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use mlp_dsl::{
    formula::FunctionId,
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    never::OrNever,
};

use crate::{Language, helpers::Helper};

/// The names of a program.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    language: Language,
    taken: RefCell<HashSet<String>>,
    values: HashMap<EquationId, String>,
    labels: HashMap<EquationId, String>,
    constants: Vec<String>,
    functions: HashMap<FunctionId, String>,
    helpers: HashMap<Helper, String>,
    sums: HashMap<EquationId, String>,
    parts: RefCell<usize>,
    /// The list of samples.
    pub(crate) samples: String,
    /// The number of a sample.
    pub(crate) number: String,
    /// A row and a column.
    pub(crate) places: [String; 2],
}

impl Names {
    /// Chooses the names. Those that the specification declares come first; a name that the language has for itself, or
    /// that another thing has, gets underscores.
    pub(crate) fn new(derivation: &Derivation, language: Language, called: &[FunctionId]) -> Self {
        let mut names = Names {
            language,
            taken: RefCell::new(HashSet::new()),
            sums: HashMap::new(),
            parts: RefCell::new(0),
            samples: String::new(),
            number: String::new(),
            places: [String::new(), String::new()],
            values: HashMap::new(),
            labels: HashMap::new(),
            constants: Vec::new(),
            functions: HashMap::new(),
            helpers: HashMap::new(),
        };
        let header = &derivation.header;
        let named = derivation.numbered().filter_map(|(id, equation)| {
            if let Symbol::Named(name) = &equation.symbol { Some((id, name.as_str())) } else { None }
        });
        let declared: Vec<(EquationId, &str)> = named.collect();
        let all = declared.iter().map(|(_, name)| *name);
        let all = all.chain(header.constants.iter().map(|(name, _)| name.as_str()));
        let chosen = names.declared(all.collect());
        let of = |name: &str| chosen.get(name).cloned().or_never("a declared name is chosen", String::new());
        names.values = declared.iter().map(|(id, name)| (*id, of(name))).collect();
        names.constants = header.constants.iter().map(|(name, _)| of(name)).collect();
        let functions: Vec<(FunctionId, &str)> = called
            .iter()
            .filter_map(|id| Some((*id, header.functions.get(id.0 as usize)?.name.as_str())))
            .collect();
        for (id, name) in functions {
            let name = names.own(name);
            names.functions.insert(id, name);
        }
        let mut labels: HashSet<String> = declared.iter().map(|(_, name)| (*name).to_owned()).collect();
        for (id, _) in derivation.numbered() {
            let full = derivation.name_of(id);
            if !names.values.contains_key(&id) {
                let name = names.own(&full);
                let label = if labels.insert(full.clone()) { full } else { name.clone() };
                names.values.insert(id, name);
                names.labels.insert(id, label);
            } else {
                names.labels.insert(id, full);
            }
        }
        for helper in Helper::ALL {
            let name = helper.name(language);
            // Names of the language stay.
            let own = if is_reserved(language, name) || name.contains('.') {
                name.to_owned()
            } else {
                names.own(name)
            };
            names.helpers.insert(*helper, own);
        }
        names.samples = names.own("samples");
        names.number = names.own("number");
        names.places = [names.own("i"), names.own("j")];
        names
    }

    /// The names of the specification: those that stay as they are first.
    fn declared<'d>(&self, all: Vec<&'d str>) -> HashMap<&'d str, String> {
        let mut chosen: HashMap<&str, String> = HashMap::new();
        let stays = |name: &str| spelled(name) == name && !is_reserved(self.language, name);
        let (plain, others): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|name| stays(name));
        for name in plain.into_iter().chain(others) {
            if !chosen.contains_key(name) {
                let own = self.own(name);
                chosen.insert(name, own);
            }
        }
        chosen
    }

    /// A name like this one that nothing has, with underscores where it is taken.
    pub(crate) fn own(&self, name: &str) -> String {
        let mut name = spelled(name);
        let mut taken = self.taken.borrow_mut();
        while is_reserved(self.language, &name) || taken.contains(&name) {
            name.push('_');
        }
        taken.insert(name.clone());
        name
    }

    /// A name for a part of a formula: `part1`, `part2`.
    pub(crate) fn part(&self) -> String {
        let mut parts = self.parts.borrow_mut();
        *parts += 1;
        self.own(&format!("part{parts}"))
    }

    /// The sum of a value over the samples.
    pub(crate) fn sum(&self, id: EquationId) -> String {
        self.sums.get(&id).cloned().or_never("a sum over the samples has a name", String::new())
    }

    /// Gives the sum of a value over the samples a name: that of the value that is the sum, or one of its own.
    pub(crate) fn name_sum(&mut self, id: EquationId, sum: Option<EquationId>) {
        let name = match sum {
            Some(sum) => self.value(sum),
            None => self.own(&format!("sum_{}", self.value(id))),
        };
        self.sums.insert(id, name);
    }

    /// A value.
    pub(crate) fn value(&self, id: EquationId) -> String {
        self.values.get(&id).cloned().or_never("a value has a name", String::new())
    }

    /// What a value is called where it is printed.
    pub(crate) fn label(&self, id: EquationId) -> String {
        self.labels.get(&id).cloned().or_never("a value has a label", String::new())
    }

    /// Another value's name for a value that equals it.
    pub(crate) fn alias(&mut self, id: EquationId, of: EquationId) {
        let name = self.value(of);
        self.values.insert(id, name);
    }

    /// A constant.
    pub(crate) fn constant(&self, index: usize) -> String {
        self.constants.get(index).cloned().or_never("a constant has a name", String::new())
    }

    /// A function of the specification or the prelude.
    pub(crate) fn function(&self, id: FunctionId) -> String {
        self.functions.get(&id).cloned().or_never("a function has a name", String::new())
    }

    /// A helper.
    pub(crate) fn helper(&self, helper: Helper) -> String {
        self.helpers.get(&helper).cloned().or_never("a helper has a name", String::new())
    }

    /// Parameters of a function and names inside it: no two alike, and none that the function may call or read.
    pub(crate) fn inside(&self) -> Inside {
        let own = self.constants.iter().chain(self.functions.values()).chain(self.helpers.values());
        Inside { language: self.language, taken: own.cloned().collect() }
    }
}

/// The names inside a function.
pub(crate) struct Inside {
    language: Language,
    taken: HashSet<String>,
}

impl Inside {
    /// A name like this one that is free inside the function.
    pub(crate) fn own(&mut self, name: &str) -> String {
        let mut name = spelled(name);
        while is_reserved(self.language, &name) || self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.insert(name.clone());
        name
    }
}

/// The name in letters that both languages read as they are: Latin, Greek, Cyrillic, Chinese, Japanese and Korean ones
/// that have one form only. Another letter is written by its number, as `u1d4d0`.
fn spelled(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' || is_plain_letter(c) {
            text.push(c);
        } else {
            text.push_str(&format!("u{:x}", u32::from(c)));
        }
    }
    text
}

fn is_plain_letter(c: char) -> bool {
    matches!(c,
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ı' | 'Ĵ'..='ľ' | 'Ł'..='ň' | 'Ŋ'..='ž'
        | 'Ά' | 'Έ'..='Ί' | 'Ό' | 'Ύ'..='Ρ' | 'Σ'..='ώ'
        | 'Ѐ'..='ҁ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fef}' | '가'..='힣')
}

/// Whether the language, or the listing itself, has this name.
fn is_reserved(language: Language, name: &str) -> bool {
    let words = match language {
        Language::Python => PYTHON,
        Language::JavaScript => JAVASCRIPT,
    };
    words.contains(&name)
}

const PYTHON: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "enumerate",
    "except",
    "exp",
    "erf",
    "finally",
    "float",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "len",
    "log",
    "math",
    "nonlocal",
    "not",
    "or",
    "pass",
    "print",
    "raise",
    "range",
    "return",
    "sqrt",
    "tanh",
    "try",
    "while",
    "with",
    "yield",
    "OverflowError",
    "ValueError",
    "__builtins__",
    "__debug__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__spec__",
];

const JAVASCRIPT: &[&str] = &[
    "Array",
    "Infinity",
    "Math",
    "NaN",
    "Number",
    "Object",
    "String",
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "console",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];
