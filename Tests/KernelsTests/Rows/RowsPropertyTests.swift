import KernelProperties
import Kernels
import Testing

/// Every rule of reductions, softmax and the cross-entropy.
@Suite("Rows")
struct RowsPropertyTests {
  // MARK: Accuracy

  @Test("softmax is within 4 ULP and its rows add up to 1 within (n + 2) u", arguments: ISA.available)
  func softmaxError(isa: ISA) { expectHolds(.rows, "softmax-error", on: isa) }

  @Test("softmax is within 4 ULP where one entry is nearly the whole sum", arguments: ISA.available)
  func dominatedSoftmaxError(isa: ISA) { expectHolds(.rows, "dominated-softmax-error", on: isa) }

  @Test("logSoftmax is within (3 |y| + 2 log n + 6) u", arguments: ISA.available)
  func logSoftmaxError(isa: ISA) { expectHolds(.rows, "log-softmax-error", on: isa) }

  @Test("sums, norms, dot and logSumExp keep their bounds", arguments: ISA.available)
  func reductionError(isa: ISA) { expectHolds(.rows, "reduction-error", on: isa) }

  @Test("max, min, argMax and argMin are exact, the lowest place wins, NaN is a peak", arguments: ISA.available)
  func peaks(isa: ISA) { expectHolds(.rows, "peaks", on: isa) }

  @Test("maxout's gradient goes to the first greatest piece", arguments: ISA.available)
  func maxBackward(isa: ISA) { expectHolds(.rows, "max-backward", on: isa) }

  @Test("the gradients of softmax and logSoftmax keep their bounds", arguments: ISA.available)
  func backwardError(isa: ISA) { expectHolds(.rows, "backward-error", on: isa) }

  @Test("losses and gradients of the cross-entropy keep their bounds", arguments: ISA.available)
  func lossError(isa: ISA) { expectHolds(.rows, "loss-error", on: isa) }

  @Test("so they do with probabilities as targets", arguments: ISA.available)
  func probabilitiesError(isa: ISA) { expectHolds(.rows, "probabilities-error", on: isa) }

  // MARK: Bits and memory

  @Test("any strides, between forbidden pages, give the bits of each row alone", arguments: ISA.available)
  func anyStrides(isa: ISA) { expectHolds(.rows, "any-strides", on: isa) }

  @Test("softmax in place gives the bits of softmax apart", arguments: ISA.available)
  func inPlace(isa: ISA) { expectHolds(.rows, "in-place", on: isa) }

  @Test("1 to 8 threads give the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.rows, "threads", on: isa) }

  @Test("fused instruction sets give the same bits; all do where nothing is fused", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.rows, "instruction-sets", on: isa) }

  // MARK: Rules

  @Test("NaN, infinities and ±max follow their rules and stay in their row", arguments: ISA.available)
  func specialRows(isa: ISA) { expectHolds(.rows, "special-rows", on: isa) }

  @Test("no rows do nothing; empty rows give the neutral element", arguments: ISA.available)
  func empty(isa: ISA) { expectHolds(.rows, "empty", on: isa) }

  @Test("an overlap that is not in place is rejected", arguments: ISA.available)
  func overlap(isa: ISA) { expectHolds(.rows, "overlap", on: isa) }

  @Test("malformed calls throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.rows, "malformed", on: isa) }

  // MARK: Theorems

  @Test("R5: softmax(z + c) = softmax(z)", arguments: ISA.available)
  func shiftInvariance(isa: ISA) { expectHolds(.rows, "shift-invariance", on: isa) }

  @Test("R5: the Jacobian of softmax is diag(p) − p pᵀ", arguments: ISA.available)
  func jacobian(isa: ISA) { expectHolds(.rows, "jacobian", on: isa) }

  @Test("R5: the gradient of the cross-entropy is p − y", arguments: ISA.available)
  func gradient(isa: ISA) { expectHolds(.rows, "gradient-is-p-minus-y", on: isa) }

  @Test("one-hot probabilities give the loss of their class", arguments: ISA.available)
  func oneHot(isa: ISA) { expectHolds(.rows, "one-hot", on: isa) }
}
