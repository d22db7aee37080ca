import KernelProperties
import Kernels
import Testing

/// Every rule of the elementary functions, each on its share of the cases per element type and instruction set.
@Suite("The elementary functions")
struct FunctionPropertyTests {
  @Test("every result is within its bound in ULP of the exact value", arguments: ISA.available)
  func errorBound(isa: ISA) { expectHolds(.functions, "error-bound", on: isa) }

  @Test("±0, ±∞, NaN and the ends of the range have their images", arguments: ISA.available)
  func specialValues(isa: ISA) { expectHolds(.functions, "special-values", on: isa) }

  @Test("the worst inputs known stay within the bound", arguments: ISA.available)
  func worstInputs(isa: ISA) { expectHolds(.functions, "worst-inputs", on: isa) }

  @Test("rising functions rise and falling ones fall, from each number to the next", arguments: ISA.available)
  func monotone(isa: ISA) { expectHolds(.functions, "monotone", on: isa) }

  @Test("odd and even functions are so bit for bit", arguments: ISA.available)
  func symmetry(isa: ISA) { expectHolds(.functions, "symmetry", on: isa) }

  @Test("position, length and alignment change no bit", arguments: ISA.available)
  func position(isa: ISA) { expectHolds(.functions, "position", on: isa) }

  @Test("in place gives the bits of out of place", arguments: ISA.available)
  func inPlace(isa: ISA) { expectHolds(.functions, "in-place", on: isa) }

  @Test("SIMD2 … SIMD64 give the bits of a buffer", arguments: ISA.available)
  func vectors(isa: ISA) { expectHolds(.functions, "vectors", on: isa) }

  @Test("any number of threads gives the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.functions, "threads", on: isa) }

  @Test("every instruction set gives the same bits of every function", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.functions, "instruction-sets", on: isa) }

  @Test("no function touches a byte outside its operands", arguments: ISA.available)
  func guardPages(isa: ISA) { expectHolds(.functions, "guard-pages", on: isa) }

  @Test("an output that overlaps its input is rejected, one that is its input is not", arguments: ISA.available)
  func overlap(isa: ISA) { expectHolds(.functions, "overlap", on: isa) }

  @Test("malformed calls of functions throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.functions, "malformed", on: isa) }

  @Test("past failures of functions stay fixed", arguments: pinned)
  func pinnedCase(line: String) throws {
    guard ISA.available.contains(where: { line.contains("/\($0.name)/") }) else { return }
    expectPassed(try replay(line))
  }

  /// The smallest form of every failure ever found.
  private static let pinned = [
    // Two numbers below ½ took the polynomial of one interval and what it is added to of the other.
    "functions/f32/avx2/error-bound count=2 spread=4 subject=9 seed=306306613",
    "functions/f32/generic/error-bound count=2 spread=4 subject=9 seed=306306613",
  ]
}
