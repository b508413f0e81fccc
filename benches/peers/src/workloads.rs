//! What is timed: shapes, data and start values, the same for every contender.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Sigmoid,
    Tanh,
    Relu,
}

/// The function of the output layer and the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// ½ Σ (t − o)²
    HalfSquared(Function),
    /// Σ (t − o)² / n
    MeanSquared(Function),
    /// Softmax, −Σ t ln p
    CrossEntropy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Sgd,
    Adam,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    F32,
    F64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Forward,
    /// Forward, backward and update, in place.
    Train,
}

pub struct Workload {
    pub name: &'static str,
    pub sizes: &'static [usize],
    pub hidden: Function,
    pub ending: Ending,
    pub batch: usize,
    pub float: Float,
    pub rule: Rule,
    pub rate: f64,
    /// How far off the norm the steps may be, where it is more than the outputs may: in large networks
    /// rounding turns some relu at 0 on or off.
    pub step_tolerance: Option<f64>,
    pub passes: &'static [Pass],
}

const BOTH: &[Pass] = &[Pass::Forward, Pass::Train];

const W1: Workload = Workload {
    name: "W1",
    sizes: &[2, 2, 2],
    hidden: Function::Sigmoid,
    ending: Ending::HalfSquared(Function::Sigmoid),
    batch: 1,
    float: Float::F64,
    rule: Rule::Sgd,
    rate: 0.5,
    step_tolerance: None,
    passes: BOTH,
};
pub const W2: Workload = Workload {
    name: "W2",
    sizes: &[4, 16, 16, 2],
    hidden: Function::Tanh,
    ending: Ending::MeanSquared(Function::Tanh),
    float: Float::F32,
    rate: 0.01,
    ..W1
};
const W3: Workload = Workload { name: "W3", sizes: &[17, 64, 64, 6], ..W2 };
const W4: Workload = Workload {
    name: "W4",
    sizes: &[1024, 20, 15, 10],
    hidden: Function::Sigmoid,
    ending: Ending::CrossEntropy,
    batch: 50,
    rate: 0.1,
    ..W2
};
pub const W5: Workload =
    Workload { name: "W5", sizes: &[784, 128, 10], hidden: Function::Relu, batch: 64, ..W4 };
pub const W6: Workload = Workload { name: "W6", sizes: &[784, 512, 512, 10], batch: 128, ..W5 };

pub const WORKLOADS: &[Workload] = &[
    W1,
    W2,
    W3,
    W4,
    Workload { name: "W4-f64", float: Float::F64, ..W4 },
    W5,
    Workload { name: "W5-one", batch: 1, passes: &[Pass::Forward], ..W5 },
    Workload { name: "W5-adam", rule: Rule::Adam, rate: 0.001, passes: &[Pass::Train], ..W5 },
    W6,
    Workload { name: "W6-f64", float: Float::F64, ..W6 },
];

/// Row by row, in numbers that `f32` holds exactly.
pub struct Data {
    /// Batch × inputs.
    pub inputs: Vec<f64>,
    /// Batch × outputs; for a cross-entropy 1 at the class.
    pub targets: Vec<f64>,
    /// For each layer weights, inputs × outputs, and biases.
    pub parameters: Vec<f64>,
}

impl Workload {
    pub fn inputs(&self) -> usize {
        self.sizes[0]
    }

    pub fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// Inputs and outputs of each layer.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize)> {
        self.sizes.windows(2).map(|pair| (pair[0], pair[1]))
    }

    /// Floating-point operations of the matrix products, two a multiply-add.
    pub fn operations(&self, pass: Pass) -> f64 {
        let products = |(inputs, outputs)| 2.0 * (self.batch * inputs * outputs) as f64;
        let forward: f64 = self.layers().map(products).sum();
        let first = self.layers().next().map_or(0.0, products);
        match pass {
            Pass::Forward => forward,
            // The first layer needs no gradient with respect to its inputs.
            Pass::Train => 3.0 * forward - first,
        }
    }

    pub fn data(&self) -> Data {
        let mut numbers = SplitMix64(self.sizes.iter().fold(1, |seed, &size| seed * 31 + size as u64));
        let inputs = (0..self.batch * self.inputs()).map(|_| numbers.between(-1.0, 1.0)).collect();
        let targets = (0..self.batch).flat_map(|_| self.target(&mut numbers)).collect();
        let mut parameters = Vec::new();
        for (inputs, outputs) in self.layers() {
            let bound = (6.0 / (inputs + outputs) as f64).sqrt();
            parameters.extend((0..inputs * outputs).map(|_| numbers.between(-bound, bound)));
            parameters.extend((0..outputs).map(|_| numbers.between(-0.1, 0.1)));
        }
        Data { inputs, targets, parameters }
    }

    fn target(&self, numbers: &mut SplitMix64) -> Vec<f64> {
        if self.ending == Ending::CrossEntropy {
            let class = (numbers.next() % self.outputs() as u64) as usize;
            (0..self.outputs()).map(|o| if o == class { 1.0 } else { 0.0 }).collect()
        } else {
            (0..self.outputs()).map(|_| numbers.between(0.1, 0.9)).collect()
        }
    }
}

/// Steele, Lea and Flood, 2014.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        f64::from((low + unit * (high - low)) as f32)
    }
}
