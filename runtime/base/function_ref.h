// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace nordlys::runtime {

template <typename Signature>
class FunctionRef;

/// Refers to a callable without owning it: two pointers, never allocates. The callable must outlive the reference, so take
/// it only as a parameter and do not keep it.
template <typename Result, typename... Args>
class FunctionRef<Result(Args...)>
{
public:
    template <typename Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef> && std::is_object_v<std::remove_reference_t<Callable>> &&
             std::is_invocable_r_v<Result, Callable &, Args...>) FunctionRef(Callable &&callable)
    noexcept // NOLINT(google-explicit-constructor): lambdas are passed directly
        : m_object(const_cast<void *>(static_cast<const void *>(std::addressof(callable)))),
          m_invoke([](void *object, Args... args) -> Result {
              return (*static_cast<std::remove_reference_t<Callable> *>(object))(std::forward<Args>(args)...);
          })
    {
    }

    Result operator()(Args... args) const { return m_invoke(m_object, std::forward<Args>(args)...); }

private:
    void *m_object;
    Result (*m_invoke)(void *, Args...);
};

} // namespace nordlys::runtime
