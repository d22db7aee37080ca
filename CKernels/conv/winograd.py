#!/usr/bin/env python3
"""Derives the constants of the minimal filtering algorithms F(m, r) and prints winograd_points.inc.h.

    python3 winograd.py > winograd_points.inc.h
    python3 winograd.py --check       # the identity, exactly, and the growth of each algorithm
    python3 winograd.py --search      # the points that grow least

F(m, r) computes m outputs of an r-tap correlation from n = m + r - 1 inputs d and taps g with n products:

    y = A^T ((G g) * (B^T d))                                    (Winograd 1980; Toom 1963, Cook 1966, transposed)

Every n has points 0, +-p_1, ..., +-p_h and infinity, h = n / 2 - 1.  With N(x) = prod (x^2 - p_k^2) and
Q_k(x) = N(x) / (x^2 - p_k^2), rows of B^T are the coefficients of N(x) for 0, of x (x +- p_k) Q_k(x) for +-p_k, and of
x N(x) for infinity: two rows of a pair share their even and odd halves.  A^T has the powers of the points, G those
powers divided by the derivative of x N(x) there.  All constants but those of G are dyadic and have few bits, so they
are exact in float.
"""

import itertools
import sys
from fractions import Fraction

# n: the pairs.  Chosen by --search among dyadic rationals of at most four bits (n = 6), and of one (n = 8), where the
# search gains less than a tenth over 1/2, 1, 2.
POINTS = {
    4: [Fraction(1)],
    6: [Fraction(11, 16), Fraction(3, 2)],
    8: [Fraction(1, 2), Fraction(1), Fraction(2)],
}
ALGORITHMS = [(2, 3), (4, 3), (2, 5), (4, 5)]
MOST_PAIRS, MOST_POWERS = 3, 5


def even_polynomial(squares):
    """The coefficients of prod (t - s) in t = x^2, lowest first."""
    coefficients = [Fraction(1)]
    for s in squares:
        shifted = [Fraction(0)] + coefficients
        for i, c in enumerate(coefficients):
            shifted[i] -= s * c
        coefficients = shifted
    return coefficients


def zero_row(pairs):
    return even_polynomial([p * p for p in pairs])


def pair_row(pairs, k):
    return even_polynomial([p * p for i, p in enumerate(pairs) if i != k])


def finite_points(pairs):
    return [Fraction(0)] + [s * p for p in pairs for s in (1, -1)]


def derivative(pairs, x):
    product = Fraction(1)
    for q in finite_points(pairs):
        if q != x:
            product *= x - q
    return product


def matrices(pairs, m, r):
    """A^T, G, B^T in full, in the order 0, +p_1, -p_1, ..., infinity."""
    n = m + r - 1
    points = finite_points(pairs)
    assert n == len(points) + 1
    zero = zero_row(pairs)
    b = [[zero[j // 2] if j % 2 == 0 else Fraction(0) for j in range(n)]]
    for k, p in enumerate(pairs):
        q = pair_row(pairs, k)
        for sign in (1, -1):
            row = [Fraction(0)] * n
            for j, c in enumerate(q):
                row[2 * j + 2] += c
                row[2 * j + 1] += sign * p * c
            b.append(row)
    b.append([zero[j // 2] if j % 2 == 1 else Fraction(0) for j in range(n)])
    a = [[x**i for x in points] + [Fraction(int(i == m - 1))] for i in range(m)]
    g = [[x**i / derivative(pairs, x) for i in range(r)] for x in points]
    g.append([Fraction(int(i == r - 1)) for i in range(r)])
    return a, g, b


def check(pairs, m, r):
    """y_i = sum_j d_(i + j) g_j, as an identity between tensors."""
    a, g, b = matrices(pairs, m, r)
    n = m + r - 1
    for i in range(m):
        for j in range(r):
            for k in range(n):
                total = sum(a[i][x] * g[x][j] * b[x][k] for x in range(n))
                assert total == (1 if k == i + j else 0), (m, r, i, j, k)


def norm(row):
    return float(sum(v * v for v in row)) ** 0.5


def growth(pairs, m, r):
    """max over i of sum over x of |A^T_ix| |row x of G| |row x of B^T|: how much larger than |d| |g| the products and
    their sums may be."""
    a, g, b = matrices(pairs, m, r)
    return max(sum(abs(float(a[i][x])) * norm(g[x]) * norm(b[x]) for x in range(m + r - 1)) for i in range(m))


def literal(value):
    return float(value).hex().replace("0x1.0000000000000p", "0x1p").replace("0x0.0p+0", "0")


def table(rows):
    return "{" + ", ".join(table(r) if isinstance(r, list) else literal(r) for r in rows) + "}"


def padded(row, length):
    return row + [Fraction(0)] * (length - len(row))


def print_tables():
    print("// Printed by winograd.py, which derives it.  n inputs of an axis have n / 2 - 1 pairs of points.")
    print("// clang-format off")
    for n, pairs in POINTS.items():
        print(f"static const struct winograd_points POINTS_{n} = {{")
        print("  // +-" + ", +-".join(str(p) for p in pairs))
        print("  .power = " + table([padded([p**i for p in pairs], MOST_PAIRS) for i in range(MOST_POWERS)]) + ",")
        print("  .zero = " + table(padded(zero_row(pairs), MOST_PAIRS + 1)) + ",")
        print("  .pair = " + table([padded(pair_row(pairs, k), MOST_PAIRS) for k in range(len(pairs))]) + ",")
        print("};")
    print("// clang-format on")


def search(n, m, r, values):
    found = []
    for pairs in itertools.combinations(values, n // 2 - 1):
        found.append((growth(list(pairs), m, r), pairs))
    for value, pairs in sorted(found)[:5]:
        print(f"F({m},{r})  growth {value:6.2f}  " + " ".join(map(str, pairs)))


def main():
    if "--check" in sys.argv:
        for m, r in ALGORITHMS:
            pairs = POINTS[m + r - 1]
            check(pairs, m, r)
            print(f"F({m},{r})  exact  growth {growth(pairs, m, r):6.2f}")
    elif "--search" in sys.argv:
        values = sorted({Fraction(a, 16) for a in range(4, 49) if (a & -a) * 16 > a})
        for m, r in ALGORITHMS:
            search(m + r - 1, m, r, values)
    else:
        print_tables()


main()
