//! The small functions that a listing contains where it uses them, in both languages.

use crate::Language;

/// A function that is no function of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Helper {
    /// eˣ
    Exp,
    /// The natural logarithm.
    Log,
    /// The square root.
    Sqrt,
    /// The hyperbolic tangent.
    Tanh,
    /// The error function.
    Erf,
    /// The largest whole number that is not above.
    Floor,
    /// A quotient whose divisor may be 0.
    Divide,
    /// A power that may have no value.
    PowerOf,
    /// x²
    Square,
    /// x to a whole power.
    Power,
    /// A list from its indices.
    Vector,
    /// Lists from their indices.
    Matrix,
    /// Σ aᵢ bᵢ
    Dot,
    /// x W
    VectorTimesMatrix,
    /// W x
    MatrixTimesVector,
    /// a bᵀ
    Outer,
    /// Wᵀ
    Transpose,
    /// The rows of a matrix, one after another.
    Flat,
    /// Σ xᵢ
    Total,
    /// Σ xᵢ²
    SumOfSquares,
    /// The greatest element.
    Largest,
    /// exp(zᵢ) / Σ exp(z)
    Softmax,
    /// ln softmax(z)
    LogSoftmax,
    /// −Σ tᵢ ln softmax(z)ᵢ
    SoftmaxCrossEntropy,
    /// A value as it is printed.
    Shown,
}

/// Where Python's own arithmetic stops and that of the network goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guards {
    /// A divisor is 0.
    pub(crate) divide: bool,
    /// An exponential is too large.
    pub(crate) exp: bool,
    /// A logarithm of no positive number.
    pub(crate) log: bool,
    /// A root of a negative number.
    pub(crate) sqrt: bool,
    /// A power without a value, or too large.
    pub(crate) power: bool,
}

/// Where a function comes from.
pub(crate) enum Source {
    /// The language's own, under this name: imported in Python.
    Own(&'static str),
    /// Written in the listing: what it is for, and its text. `$name` is a helper, `math` Python's module.
    Written(&'static str, &'static str),
}

impl Helper {
    /// Every helper, callees before their callers.
    pub(crate) const ALL: &[Helper] = &[
        Helper::Exp,
        Helper::Log,
        Helper::Sqrt,
        Helper::Tanh,
        Helper::Erf,
        Helper::Floor,
        Helper::Divide,
        Helper::PowerOf,
        Helper::Square,
        Helper::Power,
        Helper::Vector,
        Helper::Matrix,
        Helper::Dot,
        Helper::VectorTimesMatrix,
        Helper::MatrixTimesVector,
        Helper::Outer,
        Helper::Transpose,
        Helper::Flat,
        Helper::Total,
        Helper::SumOfSquares,
        Helper::Largest,
        Helper::Softmax,
        Helper::LogSoftmax,
        Helper::SoftmaxCrossEntropy,
        Helper::Shown,
    ];

    /// The name in a language, if nothing else has it.
    pub(crate) fn name(self, language: Language) -> &'static str {
        let [python, javascript] = self.names();
        match language {
            Language::Python => python,
            Language::JavaScript => javascript,
        }
    }

    fn names(self) -> [&'static str; 2] {
        match self {
            Helper::Exp => ["exp", "Math.exp"],
            Helper::Log => ["log", "Math.log"],
            Helper::Sqrt => ["sqrt", "Math.sqrt"],
            Helper::Tanh => ["tanh", "Math.tanh"],
            Helper::Erf => ["erf", "erf"],
            Helper::Floor => ["floor", "Math.floor"],
            Helper::Divide => ["divide", "divide"],
            Helper::PowerOf => ["power_of", "powerOf"],
            Helper::Square => ["square", "square"],
            Helper::Power => ["power", "power"],
            Helper::Vector => ["vector", "vector"],
            Helper::Matrix => ["matrix", "matrix"],
            Helper::Dot => ["dot", "dot"],
            Helper::VectorTimesMatrix => ["vector_times_matrix", "vectorTimesMatrix"],
            Helper::MatrixTimesVector => ["matrix_times_vector", "matrixTimesVector"],
            Helper::Outer => ["outer", "outer"],
            Helper::Transpose => ["transpose", "transpose"],
            Helper::Flat => ["flat", "flat"],
            Helper::Total => ["total", "total"],
            Helper::SumOfSquares => ["sum_of_squares", "sumOfSquares"],
            Helper::Largest => ["largest", "largest"],
            Helper::Softmax => ["softmax", "softmax"],
            Helper::LogSoftmax => ["log_softmax", "logSoftmax"],
            Helper::SoftmaxCrossEntropy => ["softmax_cross_entropy", "softmaxCrossEntropy"],
            Helper::Shown => ["shown", "shown"],
        }
    }

    /// The helpers that its text uses.
    pub(crate) fn uses(self) -> &'static [Helper] {
        match self {
            Helper::Matrix => &[Helper::Vector],
            Helper::VectorTimesMatrix | Helper::MatrixTimesVector => &[Helper::Dot],
            Helper::SumOfSquares => &[Helper::Total],
            Helper::Softmax => &[Helper::Largest, Helper::Total, Helper::Exp],
            Helper::LogSoftmax | Helper::SoftmaxCrossEntropy => {
                &[Helper::Largest, Helper::Total, Helper::Exp, Helper::Log]
            }
            Helper::Exp
            | Helper::Log
            | Helper::Sqrt
            | Helper::Tanh
            | Helper::Erf
            | Helper::Floor
            | Helper::Divide
            | Helper::PowerOf
            | Helper::Square
            | Helper::Power
            | Helper::Vector
            | Helper::Dot
            | Helper::Outer
            | Helper::Transpose
            | Helper::Flat
            | Helper::Total
            | Helper::Largest
            | Helper::Shown => &[],
        }
    }

    /// Where it comes from.
    pub(crate) fn source(self, language: Language, guards: Guards) -> Source {
        match language {
            Language::Python => self.in_python(guards),
            Language::JavaScript => self.in_javascript(),
        }
    }

    fn in_python(self, guards: Guards) -> Source {
        match self {
            Helper::Exp if guards.exp => {
                Source::Written("eˣ; infinite where it is too large for a float", EXP)
            }
            Helper::Log if guards.log => Source::Written("The natural logarithm; −∞ at 0", LOG),
            Helper::Sqrt if guards.sqrt => Source::Written("The square root; undefined below 0", SQRT),
            Helper::Exp => Source::Own("exp"),
            Helper::Log => Source::Own("log"),
            Helper::Sqrt => Source::Own("sqrt"),
            Helper::Tanh => Source::Own("tanh"),
            Helper::Erf => Source::Own("erf"),
            Helper::Floor => Source::Written("The largest whole number that is not above x", FLOOR),
            Helper::Divide => Source::Written("a / b; infinite where b is 0", DIVIDE),
            Helper::PowerOf => Source::Written("aᵇ; infinite or undefined where Python stops", POWER_OF),
            Helper::Square => Source::Written("x²", python::SQUARE),
            Helper::Power => Source::Written("xⁿ, multiplied from the left", python::POWER),
            Helper::Vector | Helper::Matrix | Helper::Shown => Source::Own("list"),
            Helper::Dot => Source::Written("a · b = Σ aᵢ bᵢ, added in order", python::DOT),
            Helper::VectorTimesMatrix => Source::Written("x W: a row times a matrix", python::ROW),
            Helper::MatrixTimesVector => Source::Written("W x: a matrix times a column", python::COLUMN),
            Helper::Outer => Source::Written("a bᵀ: all products aᵢ bⱼ", python::OUTER),
            Helper::Transpose => Source::Written("Wᵀ: rows and columns exchanged", python::TRANSPOSE),
            Helper::Flat => Source::Written("The rows of a matrix, one after another", python::FLAT),
            Helper::Total => Source::Written("Σ xᵢ, added in order", python::TOTAL),
            Helper::SumOfSquares => Source::Written("Σ xᵢ²", python::SQUARES),
            Helper::Largest => Source::Written("The greatest element", python::LARGEST),
            Helper::Softmax => Source::Written(ABOUT_SOFTMAX, python::SOFTMAX),
            Helper::LogSoftmax => Source::Written(ABOUT_LOG_SOFTMAX, python::LOG_SOFTMAX),
            Helper::SoftmaxCrossEntropy => Source::Written(ABOUT_CROSS_ENTROPY, python::CROSS_ENTROPY),
        }
    }

    fn in_javascript(self) -> Source {
        match self {
            Helper::Exp => Source::Own("Math.exp"),
            Helper::Log => Source::Own("Math.log"),
            Helper::Sqrt => Source::Own("Math.sqrt"),
            Helper::Tanh => Source::Own("Math.tanh"),
            Helper::Floor => Source::Own("Math.floor"),
            Helper::Divide | Helper::PowerOf | Helper::Flat => Source::Own("Array"),
            Helper::Erf => {
                Source::Written("The error function: its series near 0, a fraction further out", ERF)
            }
            Helper::Square => Source::Written("x²", javascript::SQUARE),
            Helper::Power => Source::Written("xⁿ, multiplied from the left", javascript::POWER),
            Helper::Vector => {
                Source::Written("The list of f(0), f(1), …, n numbers in all", javascript::VECTOR)
            }
            Helper::Matrix => Source::Written("The n rows of m numbers f(i, j)", javascript::MATRIX),
            Helper::Dot => Source::Written("a · b = Σ aᵢ bᵢ, added in order", javascript::DOT),
            Helper::VectorTimesMatrix => Source::Written("x W: a row times a matrix", javascript::ROW),
            Helper::MatrixTimesVector => Source::Written("W x: a matrix times a column", javascript::COLUMN),
            Helper::Outer => Source::Written("a bᵀ: all products aᵢ bⱼ", javascript::OUTER),
            Helper::Transpose => Source::Written("Wᵀ: rows and columns exchanged", javascript::TRANSPOSE),
            Helper::Total => Source::Written("Σ xᵢ, added in order", javascript::TOTAL),
            Helper::SumOfSquares => Source::Written("Σ xᵢ²", javascript::SQUARES),
            Helper::Largest => Source::Written("The greatest element", javascript::LARGEST),
            Helper::Softmax => Source::Written(ABOUT_SOFTMAX, javascript::SOFTMAX),
            Helper::LogSoftmax => Source::Written(ABOUT_LOG_SOFTMAX, javascript::LOG_SOFTMAX),
            Helper::SoftmaxCrossEntropy => Source::Written(ABOUT_CROSS_ENTROPY, javascript::CROSS_ENTROPY),
            Helper::Shown => Source::Written("A value with all its digits, spelled as Python does", SHOWN),
        }
    }
}

const ABOUT_SOFTMAX: &str = "softmax(z)ᵢ = exp(zᵢ − m) / Σ exp(z − m), where m is the greatest z";
const ABOUT_LOG_SOFTMAX: &str = "ln softmax(z)ᵢ = (zᵢ − m) − ln Σ exp(z − m), where m is the greatest z";
const ABOUT_CROSS_ENTROPY: &str =
    "−Σ tᵢ ln softmax(z)ᵢ = Σ tᵢ (ln Σ exp(z − m) − (zᵢ − m)), where m is the greatest z";

const EXP: &str = "\
def $exp(x):
    return math.inf if x > 709.782712893384 else math.exp(x)
";

const LOG: &str = "\
def $log(x):
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan
";

const SQRT: &str = "\
def $sqrt(x):
    return math.sqrt(x) if x >= 0 else math.nan
";

const FLOOR: &str = "\
def $floor(x):
    return x // 1 if x - x == 0 else x
";

const DIVIDE: &str = "\
def $divide(a, b):
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)
";

const POWER_OF: &str = "\
def $power_of(a, b):
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan
";

const ERF: &str = "\
function $erf(x) {
  const size = Math.abs(x);
  if (!(size > 0)) return x;
  let value;
  if (size < 2.5) {
    let term = size;
    let sum = size;
    for (let n = 1; term > sum * 2 ** -54; n++) {
      term = term * ((2 * size * size) / (2 * n + 1));
      sum = sum + term;
    }
    value = 1.1283791670955126 * Math.exp(-size * size) * sum;
  } else {
    let below = size;
    for (let k = 60; k >= 1; k--) below = size + k / 2 / below;
    value = 1 - (0.5641895835477563 * Math.exp(-size * size)) / below;
  }
  return x < 0 ? -value : value;
}
";

const SHOWN: &str = "\
function $shown(x) {
  if (Array.isArray(x)) return \"[\" + x.map($shown).join(\", \") + \"]\";
  const size = Math.abs(x);
  if (Number.isNaN(x)) return \"nan\";
  if (size === Infinity) return x < 0 ? \"-inf\" : \"inf\";
  if (Object.is(x, -0)) return \"-0.0\";
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return x.toExponential().replace(/e([+-])(\\d)$/, \"e$10$2\");
  }
  return Number.isInteger(x) ? x.toFixed(1) : String(x);
}
";

mod python {
    pub(super) const SQUARE: &str = "\
def $square(x):
    return x * x
";
    pub(super) const POWER: &str = "\
def $power(x, n):
    product = x
    for _ in range(n - 1):
        product = product * x
    return product
";
    pub(super) const DOT: &str = "\
def $dot(a, b):
    result = a[0] * b[0]
    for k in range(1, len(a)):
        result = result + a[k] * b[k]
    return result
";
    pub(super) const ROW: &str = "\
def $vector_times_matrix(x, W):
    return [$dot(x, [row[k] for row in W]) for k in range(len(W[0]))]
";
    pub(super) const COLUMN: &str = "\
def $matrix_times_vector(W, x):
    return [$dot(row, x) for row in W]
";
    pub(super) const OUTER: &str = "\
def $outer(a, b):
    return [[x * y for y in b] for x in a]
";
    pub(super) const TRANSPOSE: &str = "\
def $transpose(W):
    return [[row[k] for row in W] for k in range(len(W[0]))]
";
    pub(super) const FLAT: &str = "\
def $flat(W):
    return [x for row in W for x in row]
";
    pub(super) const TOTAL: &str = "\
def $total(x):
    result = x[0]
    for k in range(1, len(x)):
        result = result + x[k]
    return result
";
    pub(super) const SQUARES: &str = "\
def $sum_of_squares(x):
    return $total([y * y for y in x])
";
    pub(super) const LARGEST: &str = "\
def $largest(x):
    result = x[0]
    for y in x:
        if y > result:
            result = y
    return result
";
    pub(super) const SOFTMAX: &str = "\
def $softmax(z):
    m = $largest(z)
    powers = [$exp(x - m) for x in z]
    s = $total(powers)
    return [x / s for x in powers]
";
    pub(super) const LOG_SOFTMAX: &str = "\
def $log_softmax(z):
    m = $largest(z)
    s = $log($total([$exp(x - m) for x in z]))
    return [(x - m) - s for x in z]
";
    pub(super) const CROSS_ENTROPY: &str = "\
def $softmax_cross_entropy(z, t):
    m = $largest(z)
    s = $log($total([$exp(x - m) for x in z]))
    parts = [
        0.0 if t[k] == 0 else t[k] * (s - (z[k] - m))
        for k in range(len(z))
    ]
    return $total(parts)
";
}

mod javascript {
    pub(super) const SQUARE: &str = "\
function $square(x) {
  return x * x;
}
";
    pub(super) const POWER: &str = "\
function $power(x, n) {
  let product = x;
  for (let k = 1; k < n; k++) product = product * x;
  return product;
}
";
    pub(super) const VECTOR: &str = "\
function $vector(n, f) {
  return Array.from({ length: n }, (_, k) => f(k));
}
";
    pub(super) const MATRIX: &str = "\
function $matrix(n, m, f) {
  return $vector(n, (row) => $vector(m, (column) => f(row, column)));
}
";
    pub(super) const DOT: &str = "\
function $dot(a, b) {
  let result = a[0] * b[0];
  for (let k = 1; k < a.length; k++) result = result + a[k] * b[k];
  return result;
}
";
    pub(super) const ROW: &str = "\
function $vectorTimesMatrix(x, W) {
  return W[0].map((_, k) => $dot(x, W.map((row) => row[k])));
}
";
    pub(super) const COLUMN: &str = "\
function $matrixTimesVector(W, x) {
  return W.map((row) => $dot(row, x));
}
";
    pub(super) const OUTER: &str = "\
function $outer(a, b) {
  return a.map((x) => b.map((y) => x * y));
}
";
    pub(super) const TRANSPOSE: &str = "\
function $transpose(W) {
  return W[0].map((_, k) => W.map((row) => row[k]));
}
";
    pub(super) const TOTAL: &str = "\
function $total(x) {
  return x.reduce((sum, y) => sum + y);
}
";
    pub(super) const SQUARES: &str = "\
function $sumOfSquares(x) {
  return $total(x.map((y) => y * y));
}
";
    pub(super) const LARGEST: &str = "\
function $largest(x) {
  return x.reduce((result, y) => (y > result ? y : result));
}
";
    pub(super) const SOFTMAX: &str = "\
function $softmax(z) {
  const m = $largest(z);
  const powers = z.map((x) => Math.exp(x - m));
  const s = $total(powers);
  return powers.map((x) => x / s);
}
";
    pub(super) const LOG_SOFTMAX: &str = "\
function $logSoftmax(z) {
  const m = $largest(z);
  const s = Math.log($total(z.map((x) => Math.exp(x - m))));
  return z.map((x) => x - m - s);
}
";
    pub(super) const CROSS_ENTROPY: &str = "\
function $softmaxCrossEntropy(z, t) {
  const m = $largest(z);
  const s = Math.log($total(z.map((x) => Math.exp(x - m))));
  return $total(z.map((x, k) => (t[k] === 0 ? 0 : t[k] * (s - (x - m)))));
}
";
}

/// A text with the name of each helper in the place of `$name`.
pub(crate) fn fill(template: &str, name: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = template.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (word, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        match name(word) {
            Some(name) => text.push_str(&name),
            // The `$1` of a replacement in JavaScript.
            None => text.extend(["$", word]),
        }
        text.push_str(rest);
    }
    text
}
