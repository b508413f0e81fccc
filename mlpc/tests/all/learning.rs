//! `train`, `run` and `evaluate`: networks that learn from tables.

use std::{fs, path::Path, process::Command as Process, thread, time::Duration};

use mlp::keep::Keep;
use mlp::training::{Every, Samples, Training};
use tempfile::TempDir;

use crate::common::mlpc;

/// The network of the tests, compiled.
mod compiled {
    mlp::mlp! {
        /// Points of three kinds.
        pub network Points: f32 {
            input  x[2];
            layer  h[5] = tanh(dense(x));
            layer  y[3] = softmax(dense(h));
            target kind: class[3];
            loss   cross_entropy(y, kind);
            train  adam(rate = 0.01), batch 8;
        }
    }
}

/// Its text.
const NETWORK: &str = "network Points: f32 {
    input  x[2];
    layer  h[5] = tanh(dense(x));
    layer  y[3] = softmax(dense(h));
    target kind: class[3];
    loss   cross_entropy(y, kind);
    train  adam(rate = 0.01), batch 8;
}
";

const LINE: &str = "network Line: f64 {
    input  x[1];
    layer  y[1] = dense(x);
    target t[1];
    loss   squared_error(y, t);
    train  sgd(rate = 0.1), batch 5;
}
";

/// Points on three arcs: sixty rows, whose kinds are named.
fn points() -> Vec<([f32; 2], usize)> {
    let point = |row: usize| {
        let (kind, angle) = (row * 7 % 3, row as f32 * 0.1);
        let radius = 1.0 + kind as f32;
        (
            [(radius * angle.cos() * 100.0).round() / 100.0, (radius * angle.sin() * 100.0).round() / 100.0],
            kind,
        )
    };
    (0..60).map(point).collect()
}

const KINDS: [&str; 3] = ["amber", "blue", "coral"];

fn table(rows: &[([f32; 2], usize)]) -> String {
    let row = |([a, b], kind): &([f32; 2], usize)| format!("{a},{b},{}\n", KINDS[*kind]);
    "x1,x2,kind\n".to_owned() + &rows.iter().map(row).collect::<String>()
}

/// A folder with the network and its table.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("net.mlp"), NETWORK).unwrap();
    fs::write(folder.path().join("line.mlp"), LINE).unwrap();
    fs::write(folder.path().join("points.csv"), table(&points())).unwrap();
    folder
}

/// What a command prints on both streams, and its exit code.
fn run(folder: &TempDir, line: &str) -> (String, String, i32) {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let output = mlpc(&arguments).current_dir(folder.path()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// What a command that succeeds prints.
fn good(folder: &TempDir, line: &str) -> String {
    let (out, said, code) = run(folder, line);
    assert_eq!(code, 0, "{line}: {said}");
    out
}

fn bytes(folder: &TempDir, file: &str) -> Vec<u8> {
    fs::read(folder.path().join(file)).unwrap()
}

/// Names, shapes and numbers of a safetensors file, without its metadata.
fn tensors(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let file = mlp::keep::File::parse(bytes).unwrap();
    file.tensors().map(|tensor| (tensor.name().to_string(), tensor.bytes().to_vec())).collect()
}

/// The compiled network, trained with the rows.
fn train_compiled(epochs: u64, checkpoint: &Path) -> compiled::Points {
    let inputs: Vec<[f32; 2]> = points().iter().map(|(input, _)| *input).collect();
    let targets: Vec<_> = points().iter().map(|(_, kind)| mlp::Class::at_most(*kind)).collect();
    let samples = Samples::new(&inputs, &targets).unwrap();
    let mut network = compiled::Points::new();
    let mut optimizer = compiled::PointsOptimizer::new();
    let (training, validation) = samples.hold_out(12, 0);
    Training::new(epochs)
        .batch(8)
        .validation(&validation)
        .patience(50)
        .checkpoint(checkpoint, Every::Epochs(1))
        .run(&mut network, &mut optimizer, &training)
        .unwrap();
    network
}

/// Each continues what the other has begun, and all end with the same bits.
#[test]
fn a_compiled_program_and_the_command_continue_one_another() {
    let folder = project();
    let whole = folder.path().join("whole.ckpt");
    let network = train_compiled(9, &whole);
    let options = "train net.mlp --data points.csv --hold-out 0.2 --patience 50";
    good(&folder, &format!("{options} --epochs 9 --checkpoint own.ckpt -o own.safetensors"));
    let mut loaded = compiled::Points::new();
    loaded.load(folder.path().join("own.safetensors")).unwrap();
    assert_eq!(loaded, network);
    assert_eq!(tensors(&bytes(&folder, "own.ckpt")), tensors(&fs::read(&whole).unwrap()));

    good(&folder, &format!("{options} --epochs 4 --checkpoint begun.ckpt"));
    train_compiled(9, &folder.path().join("begun.ckpt"));
    assert_eq!(bytes(&folder, "begun.ckpt"), fs::read(&whole).unwrap());

    train_compiled(4, &folder.path().join("compiled.ckpt"));
    good(&folder, &format!("{options} --epochs 9 --resume compiled.ckpt"));
    assert_eq!(tensors(&bytes(&folder, "compiled.ckpt")), tensors(&fs::read(&whole).unwrap()));
}

#[test]
fn a_resumed_training_has_the_bytes_of_one_that_was_never_stopped() {
    let folder = project();
    let options = "train net.mlp --data points.csv --hold-out 10 --metric accuracy --patience 30";
    good(&folder, &format!("{options} --epochs 8 --checkpoint a.ckpt --log a.csv -o a.safetensors"));
    for epochs in [1, 3, 8] {
        good(
            &folder,
            &format!("{options} --epochs {epochs} --checkpoint b.ckpt --log b.csv -o b.safetensors"),
        );
    }
    for file in ["ckpt", "csv", "safetensors"] {
        assert!(bytes(&folder, &format!("a.{file}")) == bytes(&folder, &format!("b.{file}")), "{file}");
    }
    let log = String::from_utf8(bytes(&folder, "a.csv")).unwrap();
    assert_eq!(log.lines().count(), 9);
    assert!(log.starts_with("epoch,steps,loss,validation_loss,accuracy\n1,7,"), "{log}");
    let (_, said, code) = run(&folder, "train net.mlp --data points.csv --resume none.ckpt");
    assert_eq!(code, 2);
    assert!(said.contains("none.ckpt"), "{said}");
    let (_, said, code) = run(&folder, "train net.mlp --data points.csv --resume a.ckpt");
    assert_eq!(code, 2);
    assert!(said.contains("the checkpoint is one of 50 samples, and there are 60"), "{said}");
}

/// Ctrl-C leaves a checkpoint in the middle of an epoch, and the training goes on from it.
#[cfg(unix)]
#[test]
fn an_interrupted_training_goes_on() {
    let folder = project();
    let options =
        ["train", "net.mlp", "--data", "points.csv", "--log", "run.csv", "--checkpoint", "run.ckpt"];
    let mut running = Process::new(env!("CARGO_BIN_EXE_mlpc"));
    let mut running =
        running.current_dir(folder.path()).args(options).args(["--epochs", "1000000", "--every", "1000000"]);
    running = running.stderr(std::process::Stdio::piped());
    let child = running.spawn().unwrap();
    while fs::read_to_string(folder.path().join("run.csv")).map_or(0, |log| log.lines().count()) < 3 {
        thread::sleep(Duration::from_millis(2));
    }
    assert!(Process::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted after") && said.contains("goes on from run.ckpt"), "{said}");

    let log = fs::read_to_string(folder.path().join("run.csv")).unwrap();
    let done = log.lines().count();
    let epochs = (done + 2).to_string();
    let again = |checkpoint: &str, file: &str| {
        let line =
            format!("train net.mlp --data points.csv --epochs {epochs} --checkpoint {checkpoint} -o {file}");
        good(&folder, &line);
        bytes(&folder, file)
    };
    assert!(again("run.ckpt", "a.safetensors") == again("other.ckpt", "b.safetensors"));
}

/// The classes are numbered as in the training, whichever are in a table, and columns are found by their names.
#[test]
fn names_are_kept_with_the_weights() {
    let folder = project();
    good(&folder, "train net.mlp --data points.csv --epochs 60 -o net.safetensors");
    let all = good(&folder, "run net.mlp --weights net.safetensors --data points.csv");
    assert!(all.starts_with("predicted,y_amber,y_blue,y_coral\n"), "{all}");
    let coral: Vec<_> = points().into_iter().filter(|(_, kind)| *kind == 2).collect();
    let turned: String = coral.iter().map(|([a, b], kind)| format!("{},{b},7,{a}\n", KINDS[*kind])).collect();
    fs::write(folder.path().join("coral.csv"), "kind,x2,id,x1\n".to_owned() + &turned).unwrap();
    let own = good(&folder, "run net.mlp --weights net.safetensors --data coral.csv");
    let expected: Vec<&str> =
        all.lines().skip(1).zip(points()).filter(|(_, (_, kind))| *kind == 2).map(|(line, _)| line).collect();
    assert_eq!(own.lines().skip(1).collect::<Vec<_>>(), expected);
    let page = good(&folder, "evaluate net.mlp --weights net.safetensors --data coral.csv --format json");
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["classes"], serde_json::json!(KINDS));
    assert_eq!(page["confusion"][0], serde_json::json!([0, 0, 0]));
    assert_eq!(page["rows"], 20);
    let table = good(&folder, "evaluate net.mlp --weights net.safetensors --data points.csv");
    assert!(table.contains("macro F1") && table.contains("predictions by their probability"), "{table}");
    fs::write(folder.path().join("new.csv"), "x1,x2,kind\n1,2,green\n").unwrap();
    let (_, said, code) = run(&folder, "evaluate net.mlp --weights net.safetensors --data new.csv");
    assert_eq!(code, 1);
    assert!(said.contains("line 2, column `kind`: `green` is no class"), "{said}");
}

#[test]
fn outputs_have_three_formats() {
    let folder = project();
    let line = "run net.mlp --data points.csv";
    let table = good(&folder, line);
    let numbers: Vec<f32> =
        table.lines().skip(1).flat_map(|line| line.split(',')).map(|cell| cell.parse().unwrap()).collect();
    assert_eq!((table.lines().next(), numbers.len()), (Some("y1,y2,y3"), 180));
    let json: serde_json::Value =
        serde_json::from_str(&good(&folder, &format!("{line} --format json"))).unwrap();
    let of_json: Vec<f32> = json
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| ["y1", "y2", "y3"].map(|name| row[name].as_f64().unwrap() as f32))
        .collect();
    assert_eq!(of_json, numbers);
    good(&folder, &format!("{line} -o outputs.npy"));
    let array = bytes(&folder, "outputs.npy");
    let (header, of_array) = array.split_at(128);
    assert!(header.starts_with(
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (60, 3), }"
    ));
    assert!(of_array.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).eq(numbers));
    // The header above is that of NumPy 2.4; where NumPy is installed, it reads the file and writes the same bytes.
    let script =
        "import numpy; a = numpy.load('outputs.npy'); numpy.save('again.npy', a); print(a.dtype, *a.shape)";
    let python = Process::new("python3").args(["-c", script]).current_dir(folder.path()).output();
    match python {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), "float32 60 3\n");
            assert!(bytes(&folder, "again.npy") == array);
        }
        _ => eprintln!("NumPy is not installed: nothing else reads outputs.npy"),
    }
}

/// The loss of a run of several is that of the run alone, whatever the number of runs at once.
#[test]
fn many_runs_have_a_mean_and_a_spread() {
    let folder = project();
    let line = "train net.mlp --data points.csv --hold-out 0.2 --epochs 3 --seeds 3 --sweep rate=0.01,0.1";
    let all = good(&folder, line);
    assert_eq!(all, good(&folder, &format!("{line} --jobs 2")));
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[0], "rate,seed,epochs,best_epoch,loss,validation_loss");
    let alone = good(&folder, "train net.mlp --data points.csv --hold-out 0.2 --epochs 3 --seed 2");
    let loss = alone.lines().last().unwrap().split(',').nth(2).unwrap();
    assert!(lines[2].starts_with("0.01,2,3,") && lines[2].contains(loss), "{all}{alone}");
    assert!(lines[4].starts_with("0.01,mean,,,") && lines[5].starts_with("0.01,deviation,,,"), "{all}");
    let (_, said, code) = run(&folder, "train net.mlp --data points.csv --sweep momentum=0.9");
    assert_eq!(code, 2);
    assert!(said.contains("its settings are `rate`"), "{said}");
}

/// A step that is not finite ends the training: nothing is saved, and the last checkpoint remains.
#[test]
fn a_step_that_is_not_finite_is_not_taken() {
    let folder = project();
    fs::write(folder.path().join("line.csv"), "x,t\n1,1\n2,2\n1e200,1\n").unwrap();
    let (_, said, code) = run(
        &folder,
        "train line.mlp --data line.csv --batch 1 --checkpoint line.ckpt --every 1steps -o line.safetensors",
    );
    assert_eq!(code, 1);
    assert!(said.contains("epoch 1, step ") && said.contains("clip_norm"), "{said}");
    assert!(!folder.path().join("line.safetensors").exists());
}

#[test]
fn bad_tables_are_named() {
    let folder = project();
    let cases = [
        ("x,t\n1,2\n", 0, ""),
        ("", 1, "data.csv: the table has no rows"),
        ("x,t\n", 1, "data.csv: the table has no rows"),
        ("x,t\n1,2\n,3\n", 1, "line 3, column 1 (`x`): the cell is empty"),
        ("x,t\n1,NaN\n", 1, "line 2, column 2 (`t`): `NaN` is not a finite number"),
        ("x,t\n1,two\n", 1, "line 2, column 2 (`t`): `two` is not a number"),
        ("x;t\n1,5;2\n", 1, "line 2, column 1 (`x`): `1,5` has a decimal comma: write 1.5"),
        ("x,t\n1,5,2\n", 1, "line 2 has 3 cells, but the first row has 2"),
        ("x,t\n1e999,2\n", 1, "`1e999` is not a finite number"),
        (
            "a,b,t\n1,2,3\n",
            1,
            "the table has 3 columns, and the network takes the inputs `x` and the target `t`",
        ),
        ("1\n2\n", 1, "the table has 1 columns"),
        ("x,t\n1,\u{1b}[31m\n", 1, "`\\u{1b}[31m` is not a number"),
    ];
    for (text, code, expected) in cases {
        fs::write(folder.path().join("data.csv"), text).unwrap();
        let (_, said, found) = run(&folder, "train line.mlp --data data.csv --epochs 1");
        assert_eq!(found, code, "{text:?}: {said}");
        assert!(said.contains(expected), "{text:?}: {said}");
    }
    let many: String = (0..30).map(|_| "x,?\n").collect();
    fs::write(folder.path().join("data.csv"), format!("x,t\n1,2\n{many}")).unwrap();
    let (_, said, _) = run(&folder, "train line.mlp --data data.csv");
    assert!(said.contains("and 50 more"), "{said}");
    let (_, said, code) = run(&folder, "train line.mlp --data none.csv");
    assert_eq!((code, said.contains("can't read none.csv: there is no such file")), (2, true), "{said}");
    for (text, expected) in [
        ("x1,x2,kind\n1,2,a\n1,2,b\n", "has 2 of 3 classes: `a`, `b`"),
        ("x1,x2,kind\n1,2,a\n1,2,b\n1,2,c\n1,2,d\n", "has more than 3 classes"),
        ("x1,x2,kind\n1,2,\n", "line 2, column 3 (`kind`): the cell is empty"),
    ] {
        fs::write(folder.path().join("data.csv"), text).unwrap();
        let (_, said, code) = run(&folder, "train net.mlp --data data.csv");
        assert_eq!((code, said.contains(expected)), (1, true), "{said}");
    }
}

/// Columns by name, by number, by what is left; semicolons; names of two classes.
#[test]
fn columns_are_found() {
    let folder = project();
    let train = |text: &str, options: &str| {
        fs::write(folder.path().join("data.csv"), text).unwrap();
        good(&folder, &format!("train line.mlp --data data.csv --epochs 2 {options}"))
    };
    let plain = train("x,t\n1,2\n3,4\n", "");
    assert_eq!(plain, train("t,id,X\n2,0,1\n4,0,3\n", ""));
    assert_eq!(plain, train("1,2\n3,4\n", ""));
    assert_eq!(plain, train("\u{feff}x;t\r\n1;2\r\n\r\n3;4\r\n", ""));
    assert_eq!(plain, train("2,9,1\n4,9,3\n", "--inputs 3 --target 1"));
    assert_eq!(plain, train("out,in\n2,1\n4,3\n", "--inputs in --target out"));
    assert_eq!(plain, train("size,t\n1,2\n3,4\n", ""));
    let (zero, one) = (train("x,t\n1,0\n3,1\n", ""), train("x,t\n1,no\n3,yes\n", "--classes no,yes"));
    assert_eq!(zero, one);
}

/// Two numbers of a tensor of 64 bits.
fn numbers(folder: &TempDir, file: &str, name: &str) -> Vec<f64> {
    let all = tensors(&bytes(folder, file));
    let (_, bytes) = all.into_iter().find(|(own, _)| own == name).unwrap();
    bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
}

/// A network that says `standardize`, and the same with parameters of its own.
const STANDARDISED: &str = "network Standardised: f64 {
    input x[1];
    layer s = standardize(x);
    layer y[1] = dense(s);
    target t[1];
    loss squared_error(y, t);
    train sgd(rate = 0.1), batch 5;
}
";

/// Means and deviations are those of the rows that are trained with, and they are saved.
#[test]
fn inputs_are_standardised_in_the_network() {
    let folder = project();
    fs::write(folder.path().join("net.mlp"), STANDARDISED).unwrap();
    let own = "frozen weights mean[1] = 0; frozen weights deviation[1] = 1; layer y[1] = dense((x - mean) / deviation);";
    let own = STANDARDISED.replace("layer s = standardize(x);", own).replace("layer y[1] = dense(s);", "");
    fs::write(folder.path().join("own.mlp"), own).unwrap();
    fs::write(folder.path().join("data.csv"), "x,t\n1,2\n3,4\n8,9\n").unwrap();
    fs::write(folder.path().join("other.csv"), "x,t\n1000,2\n").unwrap();
    let line = "--data data.csv --validate other.csv --epochs 2";
    let (printed, said, _) = run(&folder, &format!("train net.mlp {line} -o net.safetensors --plot net.svg"));
    assert!(said.contains("note: mean_s, deviation_s are those of the 3 rows to train with"), "{said}");
    let of = |file: &str, names: [&str; 2]| names.map(|name| numbers(&folder, file, name));
    let expected = [vec![4.0], vec![(26.0_f64 / 3.0).sqrt()]];
    assert_eq!(of("net.safetensors", ["mean_s", "deviation_s"]), expected);
    let picture = String::from_utf8(bytes(&folder, "net.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("validation") && picture.contains("polyline"));

    let named = format!("train own.mlp {line} --standardize mean,deviation -o own.safetensors");
    assert_eq!(good(&folder, &named), printed);
    assert_eq!(of("own.safetensors", ["mean", "deviation"]), expected);
    let (_, said, code) = run(&folder, &format!("train own.mlp {line} --standardize mean,W_y"));
    assert_eq!(code, 2);
    assert!(said.contains("`W_y` is no frozen parameter"), "{said}");

    // What a file gives is kept.
    let loaded = STANDARDISED.replace("train", "weights from \"net.safetensors\"; train");
    fs::write(folder.path().join("loaded.mlp"), loaded).unwrap();
    let (_, said, _) = run(&folder, "train loaded.mlp --data other.csv --epochs 1 -o loaded.safetensors");
    assert!(!said.contains("note"), "{said}");
    assert_eq!(of("loaded.safetensors", ["mean_s", "deviation_s"]), expected);
}

/// A specification without `standardize` gets it, is saved, and goes with the parameters.
#[test]
fn standardize_is_written_into_a_specification() {
    let folder = project();
    fs::write(folder.path().join("data.csv"), "x,t\n1,2\n3,4\n8,9\n").unwrap();
    let options = "--data data.csv --epochs 2 -o line.safetensors";
    let printed = good(&folder, &format!("train line.mlp {options} --standardize"));
    let written = fs::read_to_string(folder.path().join("line-standardized.mlp")).unwrap();
    let expected = LINE.replace(
        "layer  y[1] = dense(x);",
        "layer standardized = standardize(x);\n    layer  y[1] = dense(standardized);",
    );
    assert_eq!(written, expected);
    assert_eq!(numbers(&folder, "line.safetensors", "mean_standardized"), [4.0]);
    assert_eq!(good(&folder, &format!("train line-standardized.mlp {options}")), printed);
    good(&folder, "run line-standardized.mlp --weights line.safetensors --data data.csv");
    let single = "network N: f64 { input x { a, b } weights { w = 1 } layer y { o = w * a + b } target t { u } \
                  loss squared_error(y, t); train sgd(rate = 0.1); }";
    fs::write(folder.path().join("single.mlp"), single).unwrap();
    let (_, said, code) = run(&folder, "train single.mlp --data data.csv --standardize");
    assert_eq!(code, 1);
    assert!(said.contains("`a` is used by itself, and `standardize` takes the vector `x`"), "{said}");
}

/// What flags say may be said in the specification. A flag goes before it, and the path is relative to the specification.
#[test]
fn a_specification_says_how_it_is_trained() {
    let folder = project();
    let line = "train net.mlp --data points.csv --inputs x2,x1 --target kind --classes coral,amber,blue \
                --epochs 6 --hold-out 0.25 --patience 2 --shuffle 9";
    let by_flags = good(&folder, line);
    let said = NETWORK.replace(
        "batch 8;",
        "batch 8, epochs 6, hold_out 0.25, patience 2, shuffle 9;
         data from \"data/points.csv\" { x = [\"x2\", \"x1\"], kind = \"kind\" classes [\"coral\", \"amber\", \"blue\"] }",
    );
    fs::create_dir_all(folder.path().join("here/data")).unwrap();
    fs::write(folder.path().join("here/said.mlp"), &said).unwrap();
    fs::copy(folder.path().join("points.csv"), folder.path().join("here/data/points.csv")).unwrap();
    assert_eq!(good(&folder, "train here/said.mlp"), by_flags);
    assert_eq!(by_flags.lines().count(), 7);

    let other =
        "--hold-out 10 --patience 3 --shuffle none --epochs 2 --classes amber,blue,coral --inputs x1,x2";
    let overridden = good(&folder, &format!("train here/said.mlp {other}"));
    assert_eq!(overridden, good(&folder, &format!("train net.mlp --data points.csv {other}")));
    let seeded = good(&folder, "train here/said.mlp --seed 4 --epochs 2");
    assert_ne!(seeded, good(&folder, "train here/said.mlp --epochs 2"));
    // The columns belong to the specification, also with another table.
    good(&folder, "train here/said.mlp --data points.csv -o net.safetensors");
    let page =
        good(&folder, "evaluate here/said.mlp --weights net.safetensors --data points.csv --format json");
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["classes"], serde_json::json!(["coral", "amber", "blue"]));
    let (_, said, code) = run(&folder, "train net.mlp");
    assert_eq!(code, 2);
    assert!(said.contains("there is no table to train with"), "{said}");
    let wrong = NETWORK.replace("batch 8;", "batch 8; data from \"points.csv\" { kind = \"sort\" }");
    fs::write(folder.path().join("wrong.mlp"), wrong).unwrap();
    let (_, said, code) = run(&folder, "train wrong.mlp");
    assert_eq!(code, 1);
    assert!(said.contains("points.csv: there is no column `sort`"), "{said}");
}

/// Rows in their order: the last ones are held out, and each epoch has the first ones as they are.
#[test]
fn rows_keep_their_order_without_shuffling() {
    let folder = project();
    let text = table(&points());
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let (training, validation) = rows.split_at(50);
    let file = |name: &str, rows: &[&str]| {
        fs::write(folder.path().join(name), format!("{head}\n{}\n", rows.join("\n"))).unwrap();
    };
    file("training.csv", training);
    file("validation.csv", validation);
    let whole = good(&folder, "train net.mlp --data points.csv --hold-out 10 --shuffle none --epochs 3");
    let parts = "train net.mlp --data training.csv --validate validation.csv --shuffle none --epochs 3";
    assert_eq!(whole, good(&folder, parts));
}

/// The same samples in all formats, packed or not.
#[test]
fn arrays_are_tables() {
    let folder = project();
    let row = |([a, b], kind): &([f32; 2], usize)| [*a, *b, *kind as f32];
    let all: Vec<[f32; 3]> = points().iter().map(row).collect();
    let tensor = |name: &str, shape: &[usize], numbers: Vec<f32>| mlp_tensors::Tensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        numbers: mlp_tensors::Numbers::F32(numbers),
    };
    let inputs: Vec<f32> = all.iter().flat_map(|row| [row[0], row[1]]).collect();
    let kinds: Vec<f32> = all.iter().map(|row| row[2]).collect();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let packed = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, bytes).unwrap();
        packed.finish().unwrap()
    };
    let whole = tensor("", &[60, 3], all.as_flattened().to_vec());
    let named = [tensor("kind", &[60], kinds.clone()), tensor("images", &[60, 2, 1], inputs.clone())];
    write("all.npy", &mlp_tensors::write_npy(&whole).unwrap());
    write("all.npz", &mlp_tensors::write_npz(&named).unwrap());
    let mut images = vec![0, 0, 0x0d, 2, 0, 0, 0, 60, 0, 0, 0, 2];
    images.extend(inputs.iter().flat_map(|number| number.to_be_bytes()));
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 60];
    labels.extend(kinds.iter().map(|kind| *kind as u8));
    write("images.gz", &packed(&images));
    write("labels", &labels);
    let said = NETWORK.replace("batch 8;", "batch 8; data from \"images.gz\", \"labels\";");
    write("both.mlp", said.as_bytes());
    let said = NETWORK.replace("batch 8;", "batch 8; data from \"all.npz\" { x = \"images\" }");
    write("array.mlp", said.as_bytes());

    let expected = good(&folder, "train net.mlp --data points.csv --epochs 3 -o net.safetensors");
    for line in [
        "train net.mlp --data all.npy",
        "train net.mlp --data all.npz --inputs images --target kind",
        "train net.mlp --data images.gz --labels labels",
        "train both.mlp",
        "train array.mlp",
    ] {
        assert_eq!(good(&folder, &format!("{line} --epochs 3")), expected, "{line}");
    }
    let outputs = |more: &str| good(&folder, &format!("run net.mlp --weights net.safetensors --data {more}"));
    let rows = |text: String| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(outputs("images.gz")), rows(outputs("points.csv")));
    assert_eq!(rows(outputs("all.npy")), rows(outputs("points.csv")));
    let evaluate = "evaluate net.mlp --weights net.safetensors --format json";
    let of_pair = good(&folder, &format!("{evaluate} --data images.gz --labels labels --classes 0,1,2"));
    assert_eq!(rows(of_pair)[..5], rows(good(&folder, &format!("{evaluate} --data points.csv")))[..5]);
    write("short", &labels[..40]);
    let (_, said, code) = run(&folder, "train net.mlp --data images.gz --labels short");
    assert_eq!(code, 1);
    assert!(said.contains("images.gz and short: the file begins as an array of IDX, but its numbers need 60 bytes, and 32 are there"), "{said}");
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let folder = project();
    for (options, expected) in [
        ("--metric accuracy", "--metric needs rows to validate with"),
        ("--metric r2 --hold-out 0.2", "--metric r2 does not fit the target"),
        ("--hold-out 60", "--hold-out takes 60 of 60 rows"),
        ("--every 3x", "give a number of epochs"),
        ("--inputs x1,x9", "there is no column `x9`"),
        ("--inputs x1", "1 columns are named for the inputs, but the network has 2"),
    ] {
        let (_, said, code) = run(&folder, &format!("train net.mlp --data points.csv {options}"));
        assert!(matches!(code, 1 | 2) && said.contains(expected), "{options}: {said}");
    }
}
