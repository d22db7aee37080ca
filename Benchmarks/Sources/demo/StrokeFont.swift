internal import Foundation

/// A sans-serif letter drawn as lines of one width, so that a picture needs no font file.
///
/// A glyph is a list of strokes separated by `|`.  In a stroke, `L` is followed by points `x y …`, `A` by an elliptical
/// arc `cx cy rx ry from to` in degrees, counter-clockwise from the right.  Base line at 0, height of an x 10, of a
/// capital 14, 20 units to the em, y pointing up.
enum StrokeFont {
  /// Of a stroke, in em.
  static let width = 0.078
  static let boldWidth = 0.115
  /// Between two glyphs and of a space, in units.
  private static let gap = 2.9
  private static let space = 5.2

  private static let source: [Character: String] = [
    "A": "L 0 0 5.5 14 11 0|L 1.9 4.8 9.1 4.8",
    "B": "L 5.2 7.3 0 7.3|L 0 7.3 0 14 5 14 A 5 10.65 3.5 3.35 90 -90 L 5.2 7.3 A 5.2 3.65 3.9 3.65 90 -90 L 0 0 0 7.3",
    "C": "A 6.2 7 6.2 7 46 314",
    "D": "L 0 0 0 14 4 14 A 4 7 6.8 7 90 -90 L 0 0",
    "E": "L 7.6 14 0 14 0 0 7.8 0|L 0 7.2 6.8 7.2",
    "F": "L 7.6 14 0 14 0 0|L 0 7 6.6 7",
    "G": "A 6.2 7 6.2 7 46 360 L 7.2 7",
    "H": "L 0 0 0 14|L 9.6 0 9.6 14|L 0 7.2 9.6 7.2",
    "I": "L 0 0 0 14",
    "J": "L 6.2 14 6.2 3.4 A 3 3.4 3.2 3.4 0 -160",
    "K": "L 0 0 0 14|L 8.8 14 0 5.2|L 3.2 8.4 9.4 0",
    "L": "L 0 14 0 0 7.2 0",
    "M": "L 0 0 0 14 5.8 4.4 11.6 14 11.6 0",
    "N": "L 0 0 0 14 9.6 0 9.6 14",
    "O": "A 6.5 7 6.5 7 0 360",
    "P": "L 0 0 0 14 4.8 14 A 4.8 10.1 3.8 3.9 90 -90 L 0 6.2",
    "Q": "A 6.5 7 6.5 7 0 360|L 8.2 3.8 12.4 -0.6",
    "R": "L 0 0 0 14 4.8 14 A 4.8 10.1 3.8 3.9 90 -90 L 0 6.2|L 4.6 6.2 9 0",
    "S": "A 4.5 10.5 3.9 3.5 35 270 A 4.5 3.5 4.4 3.5 90 -150",
    "T": "L 0 14 10 14|L 5 14 5 0",
    "U": "L 0 14 0 4.8 A 4.8 4.8 4.8 4.8 180 360 L 9.6 14",
    "V": "L 0 14 5.4 0 10.8 14",
    "W": "L 0 14 3.9 0 7.8 13 11.7 0 15.6 14",
    "X": "L 0 0 9.4 14|L 0 14 9.4 0",
    "Y": "L 0 14 5 7 10 14|L 5 7 5 0",
    "Z": "L 0.2 14 9 14 0 0 9.2 0",
    "a": "A 4.4 5 4.4 5 0 360|L 8.8 10 8.8 0",
    "b": "L 0 14.6 0 0|A 4.4 5 4.4 5 0 360",
    "c": "A 4.5 5 4.5 5 47 313",
    "d": "L 8.8 14.6 8.8 0|A 4.4 5 4.4 5 0 360",
    "e": "L 0 5.2 9 5.2 A 4.5 5 4.5 5 2 316",
    "f": "A 4.9 11.4 2.9 3.1 75 180 L 2 0|L 0 9.6 4.8 9.6",
    "g": "A 4.4 5 4.4 5 0 360|L 8.8 10 8.8 -0.4 A 4.5 -0.4 4.3 4 0 -150",
    "h": "L 0 0 0 14.6|L 0 5.8 A 4 5.8 4 4.2 180 0 L 8 0",
    "i": "L 0 0 0 10|L 0 13.4",
    "j": "L 2 10 2 -1.6 A -0.4 -1.6 2.4 2.6 0 -80|L 2 13.4",
    "k": "L 0 0 0 14.6|L 7 10 0 3.4|L 2.5 5.9 7.4 0",
    "l": "L 0 0 0 14.6",
    "m": "L 0 0 0 10|L 0 6.5 A 3.2 6.5 3.2 3.5 180 0 L 6.4 0|L 6.4 6.5 A 9.6 6.5 3.2 3.5 180 0 L 12.8 0",
    "n": "L 0 0 0 10|L 0 5.8 A 4 5.8 4 4.2 180 0 L 8 0",
    "o": "A 4.6 5 4.6 5 0 360",
    "p": "L 0 10 0 -4.4|A 4.4 5 4.4 5 0 360",
    "q": "L 8.8 10 8.8 -4.4|A 4.4 5 4.4 5 0 360",
    "r": "L 0 0 0 10|L 0 5.4 A 4.2 5.4 4.2 4.5 180 78",
    "s": "A 3.5 7.5 3 2.5 25 270 A 3.5 2.5 3.5 2.5 90 -155",
    "t": "L 2.2 13.2 2.2 2.8 A 4.9 2.8 2.7 2.8 180 285|L 0 9.8 5.2 9.8",
    "u": "L 0 10 0 4.2 A 4 4.2 4 4.2 180 360|L 8 10 8 0",
    "v": "L 0 10 4.2 0 8.4 10",
    "w": "L 0 10 3.2 0 6.4 9.4 9.6 0 12.8 10",
    "x": "L 0 0 7.6 10|L 0 10 7.6 0",
    "y": "L 0 10 4.2 0|L 8.4 10 2.4 -4.4",
    "z": "L 0.2 10 7.2 10 0 0 7.4 0",
    "0": "A 4.5 7 4.5 7 0 360",
    "1": "L 1.8 11.2 5.6 14 5.6 0",
    "2": "A 4.5 9.9 4.1 4.1 165 -38 L 0.3 0 9 0",
    "3": "A 4.4 10.6 3.7 3.4 150 -90 A 4.4 3.6 4.3 3.6 90 -150",
    "4": "L 7 0 7 14 0 4.2 9.4 4.2",
    "5": "L 8.2 14 1.7 14 1.1 7.8 A 4.4 4.6 4.5 4.6 136 -150",
    "6": "A 4.5 4.5 4.4 4.5 0 360|L 6.6 14 0.62 6.6",
    "7": "L 0.2 14 8.8 14 3 0",
    "8": "A 4.5 10.6 3.6 3.4 0 360|A 4.5 3.6 4.3 3.6 0 360",
    "9": "A 4.5 9.5 4.4 4.5 0 360|L 2.4 0 8.38 7.4",
    ".": "L 0 0.2", ",": "L 0.7 0.6 -0.3 -2.4", ":": "L 0 0.6|L 0 9", ";": "L 0.7 0.6 -0.3 -2.4|L 0.5 9",
    "-": "L 0 5.4 4.6 5.4", "–": "L 0 5.4 8 5.4", "_": "L 0 -2 9 -2", "+": "L 0 6.4 9 6.4|L 4.5 1.9 4.5 10.9",
    "=": "L 0 4.2 9 4.2|L 0 8.6 9 8.6", "/": "L 0 -1.4 5.6 14.8", "·": "L 0 6.2", "×": "L 0 2 7 9|L 0 9 7 2",
    "%": "A 2.6 10.9 2.5 3 0 360|A 10.6 3 2.5 3 0 360|L 11 14 2.2 0", "'": "L 0 14 0 10.6",
    "(": "A 6 6 5 10 130 230", ")": "A -2 6 5 10 50 -50", "→": "L 0 6 10 6|L 6.6 9.4 10 6 6.6 2.6",
  ]

  /// The strokes of each glyph and its width; all digits are equally wide.
  private static let glyphs = Dictionary(
    uniqueKeysWithValues: source.map { character, text in
      let strokes = text.split(separator: "|").map { trace($0) }
      let width = character.isNumber ? 9 : strokes.joined().map(\.x).max() ?? 0
      return (character, (strokes: strokes, advance: width))
    })

  /// Where the strokes of `text` run, y pointing down.  A character without a glyph is a space.
  static func strokes(_ text: String, at: Point, size: Double, _ anchor: Canvas.Anchor) -> [[Point]] {
    let unit = size / 20
    var pen = 0.0
    var strokes: [[Point]] = []
    for character in text {
      guard let glyph = glyphs[character] else {
        pen += space
        continue
      }
      strokes += glyph.strokes.map { $0.map { at + unit * Point($0.x + pen, -$0.y) } }
      pen += glyph.advance + gap
    }
    let length = max(pen - gap, 0) * unit
    let shift = Point(anchor == .start ? 0 : anchor == .middle ? -length / 2 : -length, 0)
    return strokes.map { $0.map { $0 + shift } }
  }

  private static func trace(_ stroke: Substring) -> [Point] {
    var points: [Point] = []
    var words = stroke.split(separator: " ")[...]
    while let command = words.popFirst() {
      let isNumber = { (word: Substring) in Double(word) != nil }
      let numbers = words.prefix(while: isNumber).compactMap { Double($0) }
      words = words.dropFirst(numbers.count)
      if command == "L" {
        points += stride(from: 0, to: numbers.count, by: 2).map { Point(numbers[$0], numbers[$0 + 1]) }
      } else {
        points += arc(numbers)
      }
    }
    return points
  }

  /// A chord for every ten degrees or so: the deviation is below a hundredth of the radius.
  private static func arc(_ n: [Double]) -> [Point] {
    let steps = max(2, Int(abs(n[5] - n[4]) / 10))
    return (0...steps).map { step in
      let angle = (n[4] + (n[5] - n[4]) * Double(step) / Double(steps)) * .pi / 180
      return Point(n[0] + n[2] * cos(angle), n[1] + n[3] * sin(angle))
    }
  }
}
