//! What the harness asks of a contender.

use std::time::Duration;

use crate::clock::processor_time;
use crate::workloads::{Data, Pass, Workload};

/// One implementation of a workload, with its data and parameters.
pub trait Contender {
    /// Back to the start values, and to a rule that has made no step.
    fn reset(&mut self);
    /// The outputs of the whole batch.
    fn forward(&mut self);
    /// One step on the whole batch.
    fn train(&mut self);
    /// What `forward` computed, row by row.
    fn outputs(&self) -> Vec<f64>;
    /// In the order of the start values.
    fn parameters(&self) -> Vec<f64>;

    /// Whether the pass is there to be timed.
    fn does(&self, _: Pass) -> bool {
        true
    }

    fn call(&mut self, pass: Pass) {
        match pass {
            Pass::Forward => self.forward(),
            Pass::Train => self.train(),
        }
    }

    /// Nanoseconds of a call, from a loop that takes at least `duration`.
    fn nanoseconds(&mut self, pass: Pass, duration: Duration) -> f64 {
        let mut calls = 1;
        loop {
            self.reset();
            let begin = processor_time();
            for _ in 0..calls {
                self.call(pass);
            }
            let taken = processor_time() - begin;
            if taken >= duration {
                return taken.as_nanos() as f64 / f64::from(calls);
            }
            calls = more(calls, taken, duration);
        }
    }
}

/// As many calls as fill `duration`, as far as the last loop tells.
fn more(calls: u32, taken: Duration, duration: Duration) -> u32 {
    let factor = duration.as_secs_f64() / taken.as_secs_f64().max(1e-9);
    (f64::from(calls) * factor.clamp(1.0, 100.0) * 1.1).ceil() as u32 + 1
}

/// Makes the contender for a workload, where it has one.
pub type Make = Box<dyn Fn(&Workload, &Data) -> Option<Box<dyn Contender>>>;
