// SPDX-License-Identifier: Apache-2.0
#include "fourier.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nordlys::runtime::reference {

namespace {

/// Above it a prime factor costs more than the convolution.
constexpr std::int64_t largestDirectPrime = 128;

// Written out: operator* of std::complex looks after infinities.
std::complex<double> product(const std::complex<double> &a, const std::complex<double> &b)
{
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

} // namespace

Fourier::Fourier(std::int64_t length) : m_length(length)
{
    std::int64_t rest = length;
    for (std::int64_t p = 2; p <= largestDirectPrime && rest > 1; ++p) {
        while (rest % p == 0)
            rest /= p;
    }
    if (rest == 1)
        return;
    m_padded = 1;
    while (m_padded < 2 * length - 1)
        m_padded *= 2;
}

// With kt = (k^2 + t^2 - (k - t)^2) / 2 a transform is: times chirp, convolved with the conjugate chirp, times chirp.
void Fourier::convolve(std::byte *scratch) const
{
    const Fourier inner(m_padded);
    std::byte *const at = innerScratch(scratch);
    const std::complex<double> *chirp = roots(scratch), *spectrum = filter(scratch);
    std::complex<double> *values = inner.in(at), *result = inner.out(at);
    for (std::int64_t t = 0; t < m_padded; ++t)
        values[t] = t < m_length ? product(in(scratch)[t], chirp[t]) : std::complex<double>();
    inner.run(at);
    // The inverse is the conjugate of the transform of the conjugate.
    for (std::int64_t k = 0; k < m_padded; ++k)
        values[k] = std::conj(product(result[k], spectrum[k]));
    inner.run(at);
    for (std::int64_t k = 0; k < m_length; ++k)
        out(scratch)[k] = product(std::conj(result[k]) / static_cast<double>(m_padded), chirp[k]);
}

void Fourier::prepare(std::byte *scratch, bool inverse) const
{
    if (m_padded > 0) {
        std::complex<double> *chirp = roots(scratch);
        const auto period = 2 * static_cast<std::uint64_t>(m_length);
        for (std::int64_t k = 0; k < m_length; ++k) {
            const std::uint64_t square = static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(k) % period;
            const double angle = std::numbers::pi * static_cast<double>(square) / static_cast<double>(m_length);
            chirp[k] = {std::cos(angle), inverse ? std::sin(angle) : -std::sin(angle)};
        }
        const Fourier inner(m_padded);
        std::byte *const at = innerScratch(scratch);
        inner.prepare(at, false);
        std::complex<double> *values = inner.in(at);
        std::fill_n(values, m_padded, std::complex<double>());
        for (std::int64_t k = 0; k < m_length; ++k)
            values[k] = values[(m_padded - k) % m_padded] = std::conj(chirp[k]);
        inner.run(at);
        std::copy_n(inner.out(at), m_padded, filter(scratch));
        return;
    }
    for (std::int64_t k = 0; k < m_length; ++k) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(m_length);
        roots(scratch)[k] = {std::cos(angle), inverse ? std::sin(angle) : -std::sin(angle)};
    }
}

void Fourier::run(std::byte *scratch) const
{
    if (m_padded > 0)
        convolve(scratch);
    else
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
            const std::int64_t turn = (k + q * part) * step % m_length;
            std::int64_t at = 0;
            for (std::int64_t r = 1; r < p; ++r) {
                at += turn; // both are below the length
                at -= at >= m_length ? m_length : 0;
                sum += product(terms[r], table[at]);
            }
            out[q * part + k] = sum;
        }
    }
}

} // namespace nordlys::runtime::reference
