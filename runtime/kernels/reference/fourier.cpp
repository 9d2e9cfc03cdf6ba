// SPDX-License-Identifier: Apache-2.0
#include "fourier.h"

#include <cmath>
#include <numbers>

namespace nordlys::runtime::reference {

void Fourier::prepare(std::byte *scratch, bool inverse) const
{
    for (std::int64_t k = 0; k < m_length; ++k) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(m_length);
        roots(scratch)[k] = {std::cos(angle), inverse ? std::sin(angle) : -std::sin(angle)};
    }
}

void Fourier::run(std::byte *scratch) const
{
    transform(scratch, in(scratch), 1, m_length, out(scratch));
}

// Cooley and Tukey: p interleaved transforms of n / p values each, joined by the p-th roots.
void Fourier::transform(std::byte *scratch, const std::complex<double> *in, std::int64_t stride, std::int64_t n, std::complex<double> *out) const
{
    if (n == 1) {
        *out = *in;
        return;
    }
    std::int64_t p = 2;
    while (n % p != 0)
        p = p * p > n ? n : p + 1;
    const std::int64_t part = n / p, step = m_length / n;
    for (std::int64_t r = 0; r < p; ++r)
        transform(scratch, in + r * stride, stride * p, part, out + r * part);
    const std::complex<double> *table = roots(scratch);
    std::complex<double> *terms = roots(scratch) + 3 * m_length;
    for (std::int64_t k = 0; k < part; ++k) {
        for (std::int64_t r = 0; r < p; ++r)
            terms[r] = out[r * part + k];
        for (std::int64_t q = 0; q < p; ++q) {
            std::complex<double> sum = terms[0];
            const std::int64_t turn = (k + q * part) * step;
            std::int64_t at = 0;
            for (std::int64_t r = 1; r < p; ++r) {
                at = (at + turn) % m_length;
                // Written out: operator* of std::complex looks after infinities.
                const std::complex<double> a = terms[r], b = table[at];
                sum += std::complex<double>(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
            }
            out[q * part + k] = sum;
        }
    }
}

} // namespace nordlys::runtime::reference
