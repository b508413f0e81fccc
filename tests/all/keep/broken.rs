//! Broken and foreign files: each is refused with a message, and nothing is changed.

use mlp::{keep::File, keep::Keep};

use super::Small;

/// A file with this header and this number of bytes of numbers.
fn file(header: impl AsRef<[u8]>, numbers: usize) -> Vec<u8> {
    let header = header.as_ref();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend((0..numbers).map(|number| number as u8));
    bytes
}

/// A tensor of a header.
fn tensor(name: &str, dtype: &str, shape: &str, offsets: &str) -> String {
    format!("\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{offsets}]}}")
}

/// The tensors of a whole file of `Small`.
fn good() -> [String; 4] {
    [
        tensor("W_hidden", "F32", "2,3", "0,24"),
        tensor("b_hidden", "F32", "3", "24,36"),
        tensor("W_y", "F32", "3,1", "36,48"),
        tensor("b_y", "F32", "1", "48,52"),
    ]
}

fn header(tensors: &[String]) -> String {
    format!("{{{}}}", tensors.join(","))
}

/// The file with one tensor of another form.
fn with(number: usize, tensor: String) -> Vec<u8> {
    let mut tensors = good();
    tensors[number] = tensor;
    file(header(&tensors), 52)
}

fn refusal(bytes: &[u8]) -> String {
    let start = Small::new();
    let mut network = start.clone();
    let error = network.read(bytes).unwrap_err();
    assert_eq!(network, start, "{error}");
    error.to_string()
}

#[test]
fn a_file_may_have_another_order_spaces_and_escapes() {
    let mut network = Small::new();
    network.read(&file(header(&good()), 52)).unwrap();
    let plain = network.clone();
    let mut tensors = good();
    tensors.reverse();
    network = Small::new();
    network.read(&file(header(&tensors), 52)).unwrap();
    assert_eq!(network, plain);

    let spaced = header(&tensors).replace(':', " :\n").replace(',', "\t, ").replace("b_y", "\\u0062_\\u0079");
    network = Small::new();
    network.read(&file(format!("{spaced}   \n"), 52)).unwrap();
    assert_eq!(network, plain);

    // A bias of one number as a scalar is none; a scalar as a vector of one number is.
    assert!(
        refusal(&with(3, tensor("b_y", "F32", "", "48,52")))
            .contains("the shape [] in the file and [1] here")
    );
}

#[test]
fn each_kind_of_broken_file_has_its_message() {
    let whole = file(header(&good()), 52);
    let head = header(&good()).len();
    let tensors = |changed: &[String]| file(header(changed), 52);
    let mut without = good().to_vec();
    without.pop();
    let mut more = good().to_vec();
    more.push(tensor("fc\\u202e.bias", "F32", "0", "52,52"));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: Vec<(Vec<u8>, String)> = vec![
        (Vec::new(), "the file is cut short: it has 0 bytes instead of 8".into()),
        (whole[..20].to_vec(), format!("the file is cut short: it has 20 bytes instead of {}", head + 8)),
        (whole[..head + 20].to_vec(), format!("the file is cut short: it has {} bytes instead of {}", head + 20, head + 60)),
        (file("", 0)[..8].iter().map(|_| 0xff).collect(), "this is no safetensors file: its first 8 bytes, 18446744073709551615, are not the length of its header".into()),
        (b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}".to_vec(), "this is no safetensors file: its first 8 bytes, 379676406402707, are not the length of its header".into()),
        (file(b"{\"W_hidden\xff\":1}", 0), "byte 10 of the header is not UTF-8".into()),
        (file("[]", 0), "the header does not list tensors: at its byte 0, `{` is expected".into()),
        (file("", 0), "the header does not list tensors: at its byte 0, `{` is expected".into()),
        (file("{\"a\":1}", 0), "the header does not list tensors: at its byte 5, `{` is expected".into()),
        (file("{}}", 0), "the header does not list tensors: at its byte 2, the end of the header is expected".into()),
        (file("{\"a\\q\":{}}", 0), "the header does not list tensors: at its byte 3, a character of a text, or its end is expected".into()),
        (file("{\"\\ud800\":{}}", 0), "the header does not list tensors: at its byte 2, a character of a text, or its end is expected".into()),
        (file("{\"a\":{\"dtype\":\"F32\"}}", 0), "the header does not list tensors: at its byte 20, `dtype`, `shape` and `data_offsets` before this is expected".into()),
        (file(format!("{{\"a\":{{\"shape\":{nested}}}}}"), 0), "the header does not list tensors: at its byte 15, a whole number below 2^64 is expected".into()),
        (file(format!("{{\"__metadata__\":{nested}}}"), 0), "the header does not list tensors: at its byte 16, `{` is expected".into()),
        (file("{\"__metadata__\":{\"a\":\"\",\"\\u0061\":\"\"}}", 0), "`a` is in the file twice".into()),
        (file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "`__metadata__` is in the file twice".into()),
        (with(3, tensor("b_y", "F32", "18446744073709551616", "48,52")), format!("the header does not list tensors: at its byte {}, a whole number below 2^64 is expected", good()[..3].join(",").len() + 2 + "'b_y':{'dtype':'F32','shape':[".len())),
        (with(3, tensor("b_y", "F32", "4294967296,4294967296", "48,52")), "shape and number type of tensor `b_y` do not agree with its 4 bytes".into()),
        (with(3, tensor("b_y", "F32", "2", "48,52")), "shape and number type of tensor `b_y` do not agree with its 4 bytes".into()),
        (with(3, tensor("b_y", "F32", "1", "52,48")), "shape and number type of tensor `b_y` do not agree with its 0 bytes".into()),
        (with(3, tensor("b_y", "F32", "1", "44,48")), "tensor `b_y` begins at byte 44 of the data instead of 48: tensors overlap, or there is a gap".into()),
        (with(3, tensor("b_y", "F32", "1", "52,56")), "tensor `b_y` begins at byte 52 of the data instead of 48: tensors overlap, or there is a gap".into()),
        (file(header(&good()), 53), "bytes after the last tensor: 1".into()),
        (with(3, tensor("b_y", "I32", "1", "48,52")), "tensor `b_y` has numbers of type I32 in the file and F32 here".into()),
        (with(2, tensor("W_y", "F32", "1,3", "36,48")), "tensor `W_y` has the shape [1, 3] in the file and [3, 1] here".into()),
        (with(2, tensor("W_y", "F32", "1,1,1,1,3", "36,48")), "tensor `W_y` has the shape [1, 1, …] in the file and [3, 1] here".into()),
        (with(3, tensor("W_y", "F32", "1", "48,52")), "`W_y` is in the file twice".into()),
        (tensors(&without), "bytes after the last tensor: 4".into()),
        (file(header(&without), 48), "the file has no tensor `b_y`".into()),
        (with(3, tensor("by", "F32", "1", "48,52")), "the file has no tensor `b_y`; it has `by`, which has no place here".into()),
        (tensors(&more), "the file has a tensor `fc\\u{202e}.bias`, which has no place here".into()),
        (with(3, tensor(&"n".repeat(100), "F32", "1", "48,52")), format!("the file has no tensor `b_y`; it has `{}…`, which has no place here", "n".repeat(46))),
    ];
    for (bytes, expected) in &cases {
        assert_eq!(refusal(bytes), *expected);
    }
}

/// No prefix of a good file is one, and no file with a changed byte makes a panic.
#[test]
fn no_torn_file_is_read() {
    let whole = file(header(&good()), 52);
    for length in 0..whole.len() {
        refusal(&whole[..length]);
    }
    let mut network = Small::new();
    for at in 0..whole.len() {
        for byte in [0, b'0', b'9', b'"', b'\\', b'{', b'[', b',', 0xff] {
            let mut changed = whole.clone();
            changed[at] = byte;
            let before = network.clone();
            if network.read(&changed).is_err() {
                assert_eq!(network, before);
            }
        }
    }
}

/// Many tensors in another order are looked at in a time that does not explode.
#[test]
fn many_tensors_out_of_order() {
    let name = |number: usize| tensor(&format!("t{number}"), "U8", "1", &format!("{number},{}", number + 1));
    let of = |count: usize| file(header(&(0..count).rev().map(name).collect::<Vec<_>>()), count);
    assert!(File::parse(&of(300)).is_ok());
    let error = File::parse(&of((1 << 15) + 1)).unwrap_err().to_string();
    assert_eq!(error, "the header lists more than 32768 tensors, and not in the order of their bytes");
    let mut gap = (0..300).rev().map(name).collect::<Vec<_>>();
    gap[100] = tensor("t199", "U8", "2", "198,200");
    let error = File::parse(&file(header(&gap), 300)).unwrap_err().to_string();
    assert_eq!(
        error,
        "tensor `t199` begins at byte 198 of the data instead of 199: tensors overlap, or there is a gap"
    );
}
