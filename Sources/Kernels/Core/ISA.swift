internal import CKernels

/// An instruction set: one table of kernels, chosen at run time.
///
/// Every kernel is compiled once for each of `generic`, `avx2` (AVX2 and FMA), `avx512` (F, BW, DQ, VL; BMI2) and `neon`
/// that the target architecture knows.  A value of this type is one that this CPU has *and* whose registers this
/// operating system saves, so holding one means that calling it is sound.
///
/// Calls take it as `isa:`.  The default is ``current``: the best, unless the environment variable
/// `SWIFT_KERNELS_ISA` named another when the process first asked.
///
/// ```swift
/// for isa in ISA.available {
///   try gemm(a.span, b.span, into: &c, m: m, n: n, k: k, isa: isa)
/// }
/// ```
@safe
public struct ISA: Hashable, @unchecked Sendable, CustomStringConvertible {
  // Points to an immutable table with static lifetime, which makes the value Sendable.  nil only in `current`, where
  // the environment names an instruction set that cannot run: every call with it throws ISA.overrideError.
  private let pointer: OpaquePointer?

  private init(pointer: OpaquePointer?) { unsafe self.pointer = pointer }

  /// The instruction set called `name`.
  ///
  /// - Throws: ``KernelError/Kind/unsupportedISA`` where there is none of that name or this machine cannot run it; the
  ///   description lists the valid names.
  public init(named name: String) throws(KernelError) {
    guard let isa = ISA.available.first(where: { $0.name == name }) else {
      throw KernelError(.unsupportedISA, operand: name, expected: 0, got: 0)
    }
    self = isa
  }

  /// `avx512`, `avx2`, `neon` or `generic`.
  public var name: String {
    guard let pointer = unsafe pointer else { return ISA.overrideError?.operand ?? "none" }
    // SAFETY: the table lives as long as the process and its name is a string constant.
    return unsafe String(cString: ck_isa_name(pointer))
  }

  /// Whether multiply-adds are rounded once.  All instruction sets for which this is true give the same bits.
  public var fused: Bool {
    guard let pointer = unsafe pointer else { return false }
    // SAFETY: as in `name`.
    return unsafe ck_isa_fused(pointer)
  }

  public static func == (x: ISA, y: ISA) -> Bool { unsafe x.pointer == y.pointer }

  public func hash(into hasher: inout Hasher) { unsafe hasher.combine(pointer) }

  /// The same as ``name``.
  public var description: String { name }

  /// The table to hand to C.
  func table() throws(KernelError) -> OpaquePointer {
    if let pointer = unsafe pointer { return unsafe pointer }
    throw ISA.overrideError ?? KernelError(.unsupportedISA, operand: "none", expected: 0, got: 0)
  }
}

extension ISA {
  /// Every instruction set that this machine can run, best first; the last is always `generic`.
  public static let available: [ISA] = unsafe tables(ck_isa_at).map { unsafe ISA(pointer: $0) }

  /// The first of ``available``.
  public static let best: ISA = available[0]

  /// The names of all instruction sets compiled into this library, whether this machine can run them or not.
  public static let compiled: [String] = unsafe tables(ck_isa_compiled_at).map {
    unsafe String(cString: ck_isa_name($0))
  }

  /// What calls use that name no instruction set: ``best``, or what `SWIFT_KERNELS_ISA` names.
  ///
  /// The variable is read once.  Where it names an instruction set that does not exist or cannot run here, calls that
  /// rely on this default throw ``overrideError`` rather than quietly run another; calls with an explicit `isa:` work.
  public static var current: ISA { processWide.isa }

  /// What is wrong with the environment variable `SWIFT_KERNELS_ISA`; nil where it is unset, empty or valid.
  public static var overrideError: KernelError? { processWide.error }

  private static let processWide: (isa: ISA, error: KernelError?) = {
    guard let name = environmentValue("SWIFT_KERNELS_ISA"), !name.isEmpty else { return (best, nil) }
    do throws(KernelError) {
      return (try ISA(named: name), nil)
    } catch {
      return (unsafe ISA(pointer: nil), error)
    }
  }()

  /// The tables that `at` enumerates, up to the NULL that ends them.
  private static func tables(_ at: (Int) -> OpaquePointer?) -> [OpaquePointer] {
    // SAFETY: each is NULL or a table with static lifetime.
    var tables: [OpaquePointer] = unsafe []
    while let table = unsafe at(tables.count) { unsafe tables.append(table) }
    return unsafe tables
  }
}
