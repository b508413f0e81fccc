//! Plans with one broken rule each, made from right ones by hand: each is refused for its rule.

use super::{
    super::{
        Accumulate, Contribution, Entry, Form, Instruction, Kernel, Loop, Plan, Product, Rule, Storage, plan,
        verify,
    },
    network,
};

use crate::ir::Derivation;

const SGD: &str = "train sgd(rate = 0.1), batch 50, samples 100;";

fn derivation() -> Derivation {
    network("", [20, 32, 4], "sigmoid", SGD)
}

/// The rule for which a plan is refused after this change to the instructions of an entry point.
#[track_caller]
fn refused(entry: Entry, change: impl FnOnce(&mut Vec<Instruction>)) -> Rule {
    refused_plan(|plan| {
        let routine = plan.routines.iter_mut().find(|routine| routine.entry == entry).unwrap();
        change(&mut routine.instructions);
    })
}

#[track_caller]
fn refused_plan(change: impl FnOnce(&mut Plan)) -> Rule {
    let derivation = derivation();
    let mut plan = plan(&derivation);
    assert_eq!(verify(&derivation, &plan), Ok(()));
    change(&mut plan);
    verify(&derivation, &plan).unwrap_err().rule
}

fn product<'p>(instructions: &'p mut [Instruction]) -> &'p mut Product {
    let product = |instruction: &'p mut Instruction| match instruction {
        Instruction::Product(product) => Some(product),
        _ => None,
    };
    instructions.iter_mut().find_map(product).unwrap()
}

fn array_loop<'p>(instructions: &'p mut [Instruction]) -> &'p mut Loop {
    let each = |instruction: &'p mut Instruction| match instruction {
        Instruction::Loop(each) => Some(each),
        _ => None,
    };
    instructions.iter_mut().find_map(each).unwrap()
}

#[test]
fn an_instruction_for_another_equation() {
    assert_eq!(refused(Entry::Forward, |all| product(all).by_rows = true), Rule::Equation);
    assert_eq!(refused(Entry::Forward, |all| product(all).bias = None), Rule::Equation);
    let overwrites = refused(Entry::Accumulate, |all| {
        for instruction in all {
            if let Instruction::Accumulate(accumulate) = instruction {
                accumulate.overwrites_first = false;
            }
        }
    });
    assert_eq!(overwrites, Rule::Equation);
    let swapped = refused(Entry::Accumulate, |all| {
        for instruction in all {
            if let Instruction::Accumulate(Accumulate {
                contribution: Contribution::Outer(Form::Kernel, outer),
                ..
            }) = instruction
            {
                outer.reverse();
            }
        }
    });
    assert_eq!(swapped, Rule::Equation);
}

#[test]
fn a_kernel_for_another_operation() {
    let derivation = network("", [20, 32, 4], "softmax", SGD);
    let mut plan = plan(&derivation);
    for instruction in plan.routines.iter_mut().flat_map(|routine| &mut routine.instructions) {
        if let Instruction::Call(call) = instruction {
            call.kernel = Kernel::Transpose;
        }
    }
    assert_eq!(verify(&derivation, &plan).unwrap_err().rule, Rule::Equation);
}

#[test]
fn an_equation_that_is_computed_twice() {
    let rule = refused(Entry::Forward, |all| {
        let first = all[0].clone();
        all.insert(1, first);
    });
    assert_eq!(rule, Rule::Once);
}

#[test]
fn an_equation_that_nothing_needs() {
    let rule = refused_plan(|plan| {
        let loss = plan.routine(Entry::Loss).unwrap().instructions.clone();
        let forward = plan.routines.iter_mut().find(|routine| routine.entry == Entry::Forward).unwrap();
        let of_loss = loss.into_iter().filter(|instruction| {
            !forward.instructions.contains(instruction) && !matches!(instruction, Instruction::Return(_))
        });
        let of_loss: Vec<_> = of_loss.collect();
        forward.instructions.extend(of_loss);
    });
    assert_eq!(rule, Rule::Needed);
}

#[test]
fn a_result_that_is_not_handed_over() {
    let rule = refused(Entry::Loss, |all| {
        all.pop();
    });
    assert_eq!(rule, Rule::Results);
}

#[test]
fn an_operand_that_is_read_before_it_is_computed() {
    assert_eq!(refused(Entry::Forward, |all| all.swap(0, 1)), Rule::Order);
    // A formula reads an array that is no operand of its loop.
    assert_eq!(refused(Entry::Forward, |all| array_loop(all).reads.clear()), Rule::Order);
}

#[test]
fn an_operand_that_is_stored_elsewhere() {
    assert_eq!(
        refused(Entry::Forward, |all| product(all).vector.storage = Storage::Workspace),
        Rule::Storage
    );
    assert_eq!(refused(Entry::Forward, |all| product(all).result.storage = Storage::Local), Rule::Storage);
    let field = refused_plan(|plan| {
        plan.layout.workspace.remove(0);
    });
    assert_eq!(field, Rule::Storage);
}

#[test]
fn a_temporary_that_is_read_outside_of_its_loop() {
    let rule = refused(Entry::Forward, |all| {
        let each = array_loop(all);
        each.assignments[0].result.storage = Storage::Temporary;
        let second = all.iter_mut().rev().find_map(|instruction| match instruction {
            Instruction::Product(product) => Some(product),
            _ => None,
        });
        second.unwrap().vector.storage = Storage::Temporary;
    });
    assert_eq!(rule, Rule::Temporary);
}

#[test]
fn a_value_of_a_sample_without_a_row() {
    let rule = refused_plan(|plan| {
        plan.layout.rows.last_mut().unwrap().samples = None;
    });
    assert_eq!(rule, Rule::Rows);
    let shared = refused(Entry::ForwardBlock, |all| {
        let product = product(all);
        product.form = Form::Kernel;
        product.result.storage = Storage::Local;
    });
    assert_eq!(shared, Rule::Storage);
}

#[test]
fn a_parameter_that_is_read_after_its_descent() {
    let rule = refused(Entry::Train, |all| {
        let is_product = |instruction: &Instruction| matches!(instruction, Instruction::Product(_));
        // The last product reads W2 for the derivative with respect to the hidden layer; its descent is the last one.
        let reads = all.iter().rposition(is_product).unwrap();
        let is_descent = |instruction: &Instruction| matches!(instruction, Instruction::Descend(_));
        let descent = all.remove(all.iter().rposition(is_descent).unwrap());
        all.insert(reads, descent);
    });
    assert_eq!(rule, Rule::Overwritten);
}

#[test]
fn an_array_that_is_read_and_written() {
    let rule = refused(Entry::Step, |all| {
        let each = array_loop(all);
        let mut own = each.assignments[0].result;
        own.value = each.assignments[0].over.unwrap();
        each.reads.push(own);
    });
    assert_eq!(rule, Rule::Alias);
}

#[test]
fn an_array_that_is_written_twice() {
    let rule = refused(Entry::Step, |all| {
        let each = array_loop(all);
        let again = each.assignments[0].clone();
        each.assignments.push(again);
    });
    assert_eq!(rule, Rule::Alias);
}

#[test]
fn a_gradient_that_is_used_before_it_is_divided() {
    let rule = refused(Entry::TrainBlock, |all| {
        all.retain(|instruction| !matches!(instruction, Instruction::Divide(_)));
    });
    assert_eq!(rule, Rule::Mean);
}

#[test]
fn a_routine_that_is_compiled_for_one_instruction_set_only() {
    let rule = refused_plan(|plan| plan.routines.iter_mut().for_each(|routine| routine.needs_isa = false));
    assert_eq!(rule, Rule::Isa);
}

#[test]
fn groups_without_sums_or_cut_by_blocks() {
    assert_eq!(refused_plan(|plan| plan.layout.sums = None), Rule::Groups);
    let fewer = refused_plan(|plan| plan.layout.sums.as_mut().unwrap().numbers -= 1);
    assert_eq!(fewer, Rule::Groups);
    let longer = refused_plan(|plan| {
        plan.block = 257;
        plan.layout.rows.iter_mut().for_each(|field| field.samples = Some(257));
    });
    assert_eq!(longer, Rule::Groups);
}
