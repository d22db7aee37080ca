import KernelProperties
import Kernels
import Testing

/// Every rule of random numbers and dropout, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Random numbers")
struct RandomPropertyTests {
  @Test("numbers are what their definitions make of the blocks", arguments: ISA.available)
  func definition(isa: ISA) { expectHolds(.random, "definition", on: isa) }

  @Test("blocks are those of Philox4x32-10", arguments: ISA.available)
  func blocks(isa: ISA) { expectHolds(.random, "blocks", on: isa) }

  @Test("uniform numbers lie in their half-open range", arguments: ISA.available)
  func range(isa: ISA) { expectHolds(.random, "range", on: isa) }

  @Test("mean and mean square are those of the distribution", arguments: ISA.available)
  func moments(isa: ISA) { expectHolds(.random, "moments", on: isa) }

  @Test("first weights have the spread of their scheme", arguments: ISA.available)
  func initialization(isa: ISA) { expectHolds(.random, "initialization", on: isa) }

  @Test("a malformed call names the argument and changes nothing", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.random, "malformed", on: isa) }

  @Test("a sequence may be cut anywhere", arguments: ISA.available)
  func split(isa: ISA) { expectHolds(.random, "split", on: isa) }

  @Test("1 to 8 threads give the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.random, "threads", on: isa) }

  @Test("every instruction set gives the same bits", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.random, "instruction-sets", on: isa) }

  @Test("no byte outside the buffers is touched", arguments: ISA.available)
  func guardPages(isa: ISA) { expectHolds(.random, "guard-pages", on: isa) }

  @Test("the backward call of dropout has the mask of the forward call", arguments: ISA.available)
  func dropoutMask(isa: ISA) { expectHolds(.random, "dropout-mask", on: isa) }

  @Test(
    "theorem A1: dropout commutes with positively homogeneous functions, not with sigmoid", arguments: ISA.available)
  func theoremA1(isa: ISA) { expectHolds(.random, "dropout-homogeneous", on: isa) }

  @Test("figure A6: p = 0 is the identity, bit for bit", arguments: ISA.available)
  func figureA6(isa: ISA) { expectHolds(.random, "dropout-zero", on: isa) }

  @Test("a p that the type rounds to 1 drops every element", arguments: ISA.available)
  func dropoutNearlyOne(isa: ISA) { expectHolds(.random, "dropout-nearly-one", on: isa) }

  @Test("figure A6: p = 1 is rejected")
  func figureA6Rejection() {
    var y: [Float] = [1, 2]
    #expect(throws: KernelError.self) {
      var out = y.mutableSpan
      try dropout(inPlace: &out, p: 1, from: RandomSource(seed: 1))
    }
    #expect(y == [1, 2])
  }

  // Random123 1.14, kat_vectors: philox4x32 10.
  @Test("Philox gives the known answers", arguments: ISA.available)
  func knownAnswers(isa: ISA) throws {
    let vectors: [(RandomSource, SIMD4<UInt32>)] = [
      (RandomSource(seed: 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        RandomSource(seed: .max, stream: .max, offset: .max), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        RandomSource(seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e, offset: 0x85a3_08d3_243f_6a88),
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for (source, expected) in vectors {
      var block = [SIMD4<UInt32>.zero]
      var out = block.mutableSpan
      try randomBlocks(into: &out, from: source, isa: isa)
      #expect(block[0] == expected)
    }
  }

  @Test("fans are computed from shapes")
  func fans() throws {
    #expect(try Fans(shape: [64, 3, 7, 7]) == Fans(inputs: 147, outputs: 3136))
    #expect(try Fans(shape: [10, 84]) == Fans(inputs: 84, outputs: 10))
    #expect(throws: KernelError.self) { try Fans(shape: [10]) }
    #expect(throws: KernelError.self) { try Fans(shape: [10, -1]) }
    #expect(throws: KernelError.self) { try Fans(shape: [1, .max, 2]) }
  }

  @Test(
    "fans and gains that leave no distribution are refused by every scheme",
    arguments: [
      (Initialization.standard, 0, 5, "fans inputs needs at least 1, got 0"),
      (.standard, -3, 5, "fans inputs needs at least 1, got -3"),
      (.kaimingNormal(), -3, 5, "fans inputs needs at least 1, got -3"),
      (.kaimingUniform(mode: .outputs), 5, 0, "fans outputs needs at least 1, got 0"),
      (.xavierNormal(), 5, 0, "fans outputs needs at least 1, got 0"),
      (.xavierUniform(gain: 0), 5, 5, "gain needs a finite number above 0"),
      (.xavierNormal(gain: 0), 5, 5, "gain needs a finite number above 0"),
      (.kaimingNormal(gain: .nan), 5, 5, "gain needs a finite number above 0"),
    ])
  func noDistribution(scheme: Initialization, inputs: Int, outputs: Int, text: String) {
    var y: [Float] = [7, 7]
    var out = y.mutableSpan
    let error = #expect(throws: KernelError.self) {
      try initialize(&out, scheme, fans: Fans(inputs: inputs, outputs: outputs), from: RandomSource(seed: 1))
    }
    #expect(error?.description == "bad argument: \(text)")
    #expect(y == [7, 7])
  }

  @Test("errors say what an argument must be")
  func errors() {
    #expect(
      "\(KernelError(.badArgument, operand: "p", expected: 0, got: 1))" == "bad argument: p needs 0 <= p < 1")
  }
}
