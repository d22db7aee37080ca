import KernelProperties
import Kernels
import Testing

/// Every rule of the activations, each on its share of the cases per element type and instruction set.
@Suite("The activations")
struct ActivationPropertyTests {
  // MARK: Forward

  @Test("every activation is within its bound of the exact value", arguments: ISA.available)
  func errorBound(isa: ISA) { expectHolds(.activations, "error-bound", on: isa) }

  @Test("activations of ±0, ±∞, NaN and the ends of the range", arguments: ISA.available)
  func specialValues(isa: ISA) { expectHolds(.activations, "special-values", on: isa) }

  @Test("the worst inputs known of activations stay within the bound", arguments: ISA.available)
  func worstInputs(isa: ISA) { expectHolds(.activations, "worst-inputs", on: isa) }

  @Test("activations that rise do so from each number to the next", arguments: ISA.available)
  func monotone(isa: ISA) { expectHolds(.activations, "monotone", on: isa) }

  @Test("odd activations are odd bit for bit", arguments: ISA.available)
  func symmetry(isa: ISA) { expectHolds(.activations, "symmetry", on: isa) }

  @Test("position, length and alignment change no bit of an activation", arguments: ISA.available)
  func position(isa: ISA) { expectHolds(.activations, "position", on: isa) }

  @Test("an activation in place has the bits of out of place", arguments: ISA.available)
  func inPlace(isa: ISA) { expectHolds(.activations, "in-place", on: isa) }

  @Test("activations of SIMD2 … SIMD64 have the bits of a buffer", arguments: ISA.available)
  func vectors(isa: ISA) { expectHolds(.activations, "vectors", on: isa) }

  @Test("any number of threads gives the same activations", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.activations, "threads", on: isa) }

  @Test("every instruction set gives the same activations", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.activations, "instruction-sets", on: isa) }

  @Test("no activation touches a byte outside its operands", arguments: ISA.available)
  func guardPages(isa: ISA) { expectHolds(.activations, "guard-pages", on: isa) }

  @Test("an activation whose output overlaps its input is rejected", arguments: ISA.available)
  func overlap(isa: ISA) { expectHolds(.activations, "overlap", on: isa) }

  @Test("malformed activations throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.activations, "malformed", on: isa) }

  @Test("an activation fused into a product has the bits of the separate call", arguments: ISA.available)
  func epilogue(isa: ISA) { expectHolds(.activations, "epilogue", on: isa) }

  // MARK: Backward

  @Test("dy f′ is within 4 ULP of the exact value where nothing cancels", arguments: ISA.available)
  func derivativeBound(isa: ISA) { expectHolds(.activations, "derivative-bound", on: isa) }

  @Test("position, place and instruction set change no bit of a derivative", arguments: ISA.available)
  func derivativeBits(isa: ISA) { expectHolds(.activations, "derivative-bits", on: isa) }

  @Test("any number of threads gives the same derivatives", arguments: ISA.available)
  func derivativeThreads(isa: ISA) { expectHolds(.activations, "derivative-threads", on: isa) }

  @Test("no backward call touches a byte outside its operands", arguments: ISA.available)
  func derivativeMemory(isa: ISA) { expectHolds(.activations, "derivative-guard-pages", on: isa) }

  // MARK: Theorems

  @Test("A1: inverted dropout commutes with positively homogeneous functions", arguments: ISA.available)
  func homogeneous(isa: ISA) { expectHolds(.activations, "homogeneous", on: isa) }

  @Test("A1: and not with sigmoid, which maps 0 to ½")
  func counterExample() {
    let dropped = activate(.sigmoid, SIMD2<Float>(0, 0))
    #expect(dropped == [0.5, 0.5])
  }

  @Test("A2: f(x) = x f′(x) for positively homogeneous functions", arguments: ISA.available)
  func forwardIsDerivative(isa: ISA) { expectHolds(.activations, "forward-is-x-times-derivative", on: isa) }

  @Test("A4: sigmoid′ lies in 0 … ¼ for every number, without NaN", arguments: ISA.available)
  func sigmoidDerivative(isa: ISA) { expectHolds(.activations, "sigmoid-derivative", on: isa) }

  @Test("past failures of activations stay fixed", arguments: pinned)
  func pinnedCase(line: String) throws {
    guard ISA.available.contains(where: { line.contains("/\($0.name)/") }) else { return }
    expectPassed(try replay(line))
  }

  /// The smallest form of every failure ever found.
  private static let pinned = [
    // Infinity times the rest of the gate, 0, was NaN.
    "activations/f32/avx2/error-bound count=3 spread=5 subject=15 seed=469649503",
    "activations/f64/avx2/error-bound count=6 spread=5 subject=14 seed=38718974",
    "activations/f64/generic/special-values count=2 spread=5 subject=15 seed=1008818364",
    // The least negative numbers gave +0.
    "activations/f32/avx2/error-bound spread=5 subject=14 seed=342421590",
    "activations/f64/avx2/error-bound count=12 spread=5 subject=14",
  ]
}
