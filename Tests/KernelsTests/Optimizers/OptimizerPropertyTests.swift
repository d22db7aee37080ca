import KernelProperties
import Kernels
import Testing

/// Every rule of optimisers and clipping, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Optimisers")
struct OptimizerPropertyTests {
  @Test("a step has the bits of its formula", arguments: ISA.available)
  func formula(isa: ISA) { expectHolds(.optimizers, "formula", on: isa) }

  @Test("1 to 8 threads give the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.optimizers, "threads", on: isa) }

  @Test("no byte outside the buffers is touched", arguments: ISA.available)
  func guardPages(isa: ISA) { expectHolds(.optimizers, "guard-pages", on: isa) }

  @Test("theorem L7: three forms of momentum are one method", arguments: ISA.available)
  func theoremL7(isa: ISA) { expectHolds(.optimizers, "momentum-forms", on: isa) }

  @Test("gradients clipped by norm keep their direction", arguments: ISA.available)
  func clipByNorm(isa: ISA) { expectHolds(.optimizers, "clip-by-norm", on: isa) }

  @Test("gradients clipped by value lie between the limits", arguments: ISA.available)
  func clipByValue(isa: ISA) { expectHolds(.optimizers, "clip-by-value", on: isa) }

  @Test("a malformed call names the argument and changes nothing", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.optimizers, "malformed", on: isa) }
}
