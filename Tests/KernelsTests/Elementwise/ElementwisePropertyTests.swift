import KernelProperties
import Kernels
import Testing

/// Every rule of elementwise calls, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Elementwise operations")
struct ElementwisePropertyTests {
  @Test("every operation, broadcast and activation has the bits of the separate steps", arguments: ISA.available)
  func definition(isa: ISA) { expectHolds(.elementwise, "definition", on: isa) }

  @Test("in place gives the bits of out of place", arguments: ISA.available)
  func inPlace(isa: ISA) { expectHolds(.elementwise, "in-place", on: isa) }

  @Test("axpy and scale round once", arguments: ISA.available)
  func scalars(isa: ISA) { expectHolds(.elementwise, "scalars", on: isa) }

  @Test("every instruction set gives the same bits", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.elementwise, "instruction-sets", on: isa) }

  @Test("1 to 4 threads give the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.elementwise, "threads", on: isa) }

  @Test("an overlap of the output with an operand is rejected", arguments: ISA.available)
  func overlap(isa: ISA) { expectHolds(.elementwise, "overlap", on: isa) }

  @Test("malformed calls throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.elementwise, "malformed", on: isa) }

  @Test("errors name the operands of the caller", arguments: ISA.available)
  func operandNames(isa: ISA) { expectHolds(.elementwise, "operand-names", on: isa) }

  @Test("a bias is added per channel, channels first or last", arguments: ISA.available)
  func bias(isa: ISA) { expectHolds(.elementwise, "bias", on: isa) }

  @Test("the gradient of a bias keeps its bound", arguments: ISA.available)
  func biasGradient(isa: ISA) { expectHolds(.elementwise, "bias-gradient", on: isa) }

  @Test("the gradient of a bias is the adjoint of adding it", arguments: ISA.available)
  func biasAdjoint(isa: ISA) { expectHolds(.elementwise, "bias-adjoint", on: isa) }

  @Test("a channel's gradient depends on that channel alone", arguments: ISA.available)
  func biasAlone(isa: ISA) { expectHolds(.elementwise, "bias-alone", on: isa) }

  @Test("PReLU and its gradients are those of their definitions", arguments: ISA.available)
  func prelu(isa: ISA) { expectHolds(.elementwise, "prelu", on: isa) }

  @Test("PReLU is linear in its slopes, and one slope for all is a leaky ReLU", arguments: ISA.available)
  func preluSlopes(isa: ISA) { expectHolds(.elementwise, "prelu-slopes", on: isa) }

  @Test("a slope's gradient depends on that channel alone", arguments: ISA.available)
  func preluAlone(isa: ISA) { expectHolds(.elementwise, "prelu-alone", on: isa) }

  @Test("the gradient of swish's parameter keeps its bound, on the same bits everywhere", arguments: ISA.available)
  func swishGradient(isa: ISA) { expectHolds(.elementwise, "swish-gradient", on: isa) }

  @Test("gradients of parameters refuse operands of other counts", arguments: ISA.available)
  func malformedParameters(isa: ISA) { expectHolds(.elementwise, "parameters-malformed", on: isa) }

  @Test("conversions round to nearest", arguments: ISA.available)
  func conversion(isa: ISA) { expectHolds(.elementwise, "conversion", on: isa) }

  @Test("shapes broadcast by NumPy's rule, and those that do not are refused")
  func shapes() throws {
    let shape = try Broadcast([8, 1, 6, 1], [7, 1, 5])
    #expect(shape.rank == 4)
    #expect(shape.size == SIMD8(8, 7, 6, 5, 1, 1, 1, 1))
    #expect(throws: KernelError(.shapeMismatch, operand: "b size", expected: 3, got: 4)) { try Broadcast([2, 3], [4]) }
    #expect(throws: KernelError(.negativeSize, operand: "a size", expected: 0, got: -2)) { try Broadcast([-2], [1]) }
    #expect(throws: KernelError(.badArgument, operand: "rank", expected: 8, got: 9)) {
      try Broadcast([Int](repeating: 1, count: 9), [])
    }
  }
}
