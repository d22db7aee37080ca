import KernelProperties
import Kernels
import Testing

/// Every rule of convolution, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Convolution")
struct ConvolutionPropertyTests {
  @Test("sums of integers are exact", arguments: ISA.available)
  func exactIntegers(isa: ISA) { expectHolds(.convolution, "exact-integers", on: isa) }

  @Test("every error is within (K + 2) u Σ|w||x|", arguments: ISA.available)
  func errorBound(isa: ISA) { expectHolds(.convolution, "error-bound", on: isa) }

  @Test("gradients of x are exact on integers", arguments: ISA.available)
  func backwardDataExact(isa: ISA) { expectHolds(.convolution, "backward-data-exact", on: isa) }

  @Test("gradients of x stay within the bound", arguments: ISA.available)
  func backwardDataBound(isa: ISA) { expectHolds(.convolution, "backward-data-bound", on: isa) }

  @Test("gradients of weights and bias are exact on integers", arguments: ISA.available)
  func backwardWeightsExact(isa: ISA) { expectHolds(.convolution, "backward-weights-exact", on: isa) }

  @Test("gradients of weights stay within the bound", arguments: ISA.available)
  func backwardWeightsBound(isa: ISA) { expectHolds(.convolution, "backward-weights-bound", on: isa) }

  // MARK: Theorems

  @Test("C2: full convolution is commutative", arguments: ISA.available)
  func commutes(isa: ISA) { expectHolds(.convolution, "full-commutes", on: isa) }

  @Test("C3: a product with a Toeplitz matrix, and with the matrix of patches", arguments: ISA.available)
  func toeplitz(isa: ISA) { expectHolds(.convolution, "toeplitz", on: isa) }

  @Test("C4: a 2-D kernel splits into left and right products", arguments: ISA.available)
  func leftRight(isa: ISA) { expectHolds(.convolution, "left-right", on: isa) }

  @Test("C5: forward, backward data and backward weights are adjoint", arguments: ISA.available)
  func adjoint(isa: ISA) { expectHolds(.convolution, "adjoint", on: isa) }

  @Test("C5: a transposed convolution is one with the kernel rotated", arguments: ISA.available)
  func transposed(isa: ISA) { expectHolds(.convolution, "transposed", on: isa) }

  @Test("C6: the gradient of shared weights in 1-D", arguments: ISA.available)
  func sharedWeights(isa: ISA) { expectHolds(.convolution, "shared-weights", on: isa) }

  @Test("C7: grouped convolution is block-diagonal", arguments: ISA.available)
  func groups(isa: ISA) { expectHolds(.convolution, "groups", on: isa) }

  @Test("C7: 1x1 with stride 1 has the bits of a matrix product", arguments: ISA.available)
  func oneByOne(isa: ISA) { expectHolds(.convolution, "one-by-one", on: isa) }

  @Test("C7: convolution with a unit impulse shifts", arguments: ISA.available)
  func impulse(isa: ISA) { expectHolds(.convolution, "impulse", on: isa) }

  @Test("C8: a time-delay network is a 1-D convolution over time", arguments: ISA.available)
  func timeDelay(isa: ISA) { expectHolds(.convolution, "time-delay", on: isa) }

  // MARK: Bits

  @Test("threads keep the bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.convolution, "threads", on: isa) }

  @Test("layouts keep the bits", arguments: ISA.available)
  func layouts(isa: ISA) { expectHolds(.convolution, "layouts", on: isa) }

  @Test("explicit zero-padding keeps the bits", arguments: ISA.available)
  func padding(isa: ISA) { expectHolds(.convolution, "padding", on: isa) }

  @Test("zero-stuffing a dilated kernel keeps the bits", arguments: ISA.available)
  func zeroStuffing(isa: ISA) { expectHolds(.convolution, "zero-stuffing", on: isa) }

  @Test("permuting filters or batch permutes the bits", arguments: ISA.available)
  func permutation(isa: ISA) { expectHolds(.convolution, "permutation", on: isa) }

  @Test("fused instruction sets give the same bits", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.convolution, "instruction-sets", on: isa) }

  @Test("the fused epilogue has the bits of separate steps", arguments: ISA.available)
  func epilogue(isa: ISA) { expectHolds(.convolution, "epilogue", on: isa) }

  @Test("a folded scale has the bits of scaled weights", arguments: ISA.available)
  func scale(isa: ISA) { expectHolds(.convolution, "scale", on: isa) }

  // MARK: Errors

  @Test("malformed calls throw and write nothing", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.convolution, "malformed", on: isa) }

  @Test("invalid geometries are refused by name", arguments: ISA.available)
  func geometry(isa: ISA) { expectHolds(.convolution, "geometry", on: isa) }
}
