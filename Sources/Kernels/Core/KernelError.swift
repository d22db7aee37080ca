internal import CKernels

/// Why a call did nothing: which argument it objects to, what it needed and what it got.
///
/// A call that throws has changed no element of its output.  Beside the cases that it names, a call that takes `threads:`
/// throws ``Kind/badArgument`` below 1; one that takes `isa:` throws ``Kind/unsupportedISA`` where it is ``ISA/current`` and
/// the environment names none that can run here (see ``ISA/overrideError``); and any may throw ``Kind/overlap`` for spans
/// that unsafe code made: the compiler keeps others apart.
///
/// ```swift
/// do {
///   try gemm(a.span, b.span, into: &c, m: 2, n: 2, k: 3)
/// } catch {  // error is a KernelError
///   print(error)  // short buffer: b needs at least 6, got 4
/// }
/// ```
public struct KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The rule that was broken.
  public enum Kind: String, Sendable, CaseIterable {
    /// A size is below zero.
    case negativeSize = "negative size"
    /// A size or a product of sizes and strides does not fit.
    case overflow
    /// A buffer ends before the last element that the shape touches.
    case shortBuffer = "short buffer"
    /// A stride is negative, or two elements of an output share an address.
    case badStride = "bad stride"
    /// The output overlaps an input.
    case overlap
    /// A packed operand was made for another instruction set, type, algorithm, side or shape.
    case wrongPacking = "wrong packing"
    /// A scalar argument is outside its domain.
    case badArgument = "bad argument"
    /// Two operands disagree about a dimension they share.
    case shapeMismatch = "shape mismatch"
    /// The named instruction set does not exist, or this machine lacks it.
    case unsupportedISA = "unsupported instruction set"
    /// Memory could not be allocated.
    case outOfMemory = "out of memory"
  }

  /// The rule that was broken.
  public let kind: Kind
  /// The argument at fault; for ``Kind/unsupportedISA`` the name that was asked for.
  public let operand: String
  /// What the call needed: a least value where too little was given, a greatest one where too much; elements of a buffer,
  /// a size or a stride.  0 for an overlap.
  public let expected: Int
  /// What it got; for ``Kind/overlap`` the bytes shared.
  public let got: Int
  /// Why, where the numbers do not tell it.
  public let reason: String?

  /// Makes an error; the kernels do this, and tests that compare with one.
  public init(_ kind: Kind, operand: String, expected: Int, got: Int, reason: String? = nil) {
    self.kind = kind
    self.operand = operand
    self.expected = expected
    self.got = got
    self.reason = reason
  }

  /// One line that names the rule, the operand and the numbers.
  public var description: String {
    switch kind {
    case .unsupportedISA:
      let reason = ISA.compiled.contains(operand) ? "which this machine cannot run" : "which this build does not have"
      let valid = ISA.available.map(\.name).joined(separator: ", ")
      return "unsupported instruction set: \"\(operand)\", \(reason); valid here: \(valid)"
    case .wrongPacking:
      return "wrong packing: \(operand) was packed for another instruction set, type, algorithm, side or shape"
    case .overlap:
      return "overlap: \(operand) shares \(got) bytes with another operand"
    case .outOfMemory:
      return "out of memory: \(operand) could not be allocated"
    default:
      if let reason { return "\(kind.rawValue): \(operand): \(reason)" }
      return "\(kind.rawValue): \(operand) \(need)"
    }
  }

  /// What the operand needs, and what it got.
  private var need: String {
    if kind == .badArgument, let domain { return "needs \(domain)" }
    if kind == .overflow {
      if operand == "offset" { return "leaves room for \(expected), got \(got)" }
      if got.magnitude <= expected.magnitude { return "of \(got): a product of sizes is more than \(expected)" }
      if got < 0 { return "needs at least \(-expected), got \(got)" }
    }
    if kind == .shapeMismatch || (kind == .badStride && got > expected) { return "needs \(expected), got \(got)" }
    return "needs at \(got < expected ? "least" : "most") \(expected), got \(got)"
  }
}

extension KernelError {
  /// What a C call reported, as an error.
  init(_ status: ck_status, _ fault: ck_fault) {
    // SAFETY: a fault's operand and reason are NULL or string constants (ck_status.h).
    let operand = unsafe fault.operand.map { unsafe String(cString: $0) } ?? "argument"
    self.init(
      Kind(status), operand: operand, expected: unsafe Int(clamping: fault.expected),
      got: unsafe Int(clamping: fault.got), reason: unsafe fault.reason.map { unsafe String(cString: $0) })
  }
}

extension KernelError.Kind {
  init(_ status: ck_status) {
    switch status {
    case CK_NEGATIVE_SIZE: self = .negativeSize
    case CK_OVERFLOW: self = .overflow
    case CK_SHORT_BUFFER: self = .shortBuffer
    case CK_BAD_STRIDE: self = .badStride
    case CK_OVERLAP: self = .overlap
    case CK_WRONG_PACKING: self = .wrongPacking
    case CK_OUT_OF_MEMORY: self = .outOfMemory
    default: self = .badArgument
    }
  }
}
