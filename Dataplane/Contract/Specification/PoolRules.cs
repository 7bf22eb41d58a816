using System.Net;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>What must hold for one pool and its backends, however they came into the catalogue.</summary>
internal static class PoolRules
{
    public static IEnumerable<SpecificationFault> Check(PoolSpec pool)
    {
        if (!SpecificationNames.IsName(pool.Id.Name)) yield return new(SpecificationPlace.Of(pool.Id), SpecificationNames.Refusal(pool.Id.Name));
        if (TableSizeProblem(pool.TableSize) is { } size) yield return new(SpecificationPlace.Of(pool.Id, "tableSize"), size);
        if (pool.MinHealthy is < 0 or > ushort.MaxValue)
            yield return new(SpecificationPlace.Of(pool.Id, "minHealthy"), $"\"minHealthy\" must be from 0 to 65535, not {pool.MinHealthy}");
        if (BuiltFeatures.Refusal("onTooFew", pool.OnTooFew, BuiltFeatures.OnTooFew, SpecificationWords.OnTooFew) is { } onTooFew)
            yield return new(SpecificationPlace.Of(pool.Id, "onTooFew"), onTooFew);
        foreach (SpecificationFault fault in HealthRules.Check(pool)) yield return fault;

        Dictionary<IPAddress, BackendId> byAddress = [];
        foreach (BackendSpec backend in pool.Backends.Values)
        {
            foreach (SpecificationFault fault in Check(backend)) yield return fault;
            if (byAddress.TryAdd(backend.Address, backend.Id)) continue;
            BackendId other = byAddress[backend.Address];
            yield return new(SpecificationPlace.Of(backend.Id, "address"), $"address {backend.Address} is already that of backend {other}", SpecificationPlace.Of(other, "address"));
        }
    }

    private static IEnumerable<SpecificationFault> Check(BackendSpec backend)
    {
        if (!SpecificationNames.IsName(backend.Id.Name)) yield return new(SpecificationPlace.Of(backend.Id), SpecificationNames.Refusal(backend.Id.Name));
        if (AddressRules.BackendProblem(backend.Address) is { } address) yield return new(SpecificationPlace.Of(backend.Id, "address"), address);
        if (backend.Weight == 0)
            yield return new(SpecificationPlace.Of(backend.Id, "weight"), "weight 0 is no weight; to give a backend no new flows, drain it (\"state\": \"draining\")");
        else if (backend.Weight is < 0 or > BackendSpec.MaxWeight)
            yield return new(SpecificationPlace.Of(backend.Id, "weight"), $"\"weight\" must be from 1 to {BackendSpec.MaxWeight}, not {backend.Weight}");
        if (!Enum.IsDefined(backend.State)) yield return new(SpecificationPlace.Of(backend.Id, "state"), $"state {(byte)backend.State} is unknown to this version");
    }

    private static string? TableSizeProblem(int size)
    {
        if (size is < SpecificationLimits.MinTableSize or > SpecificationLimits.MaxTableSize)
            return $"\"tableSize\" must be a prime from {SpecificationLimits.MinTableSize} to {SpecificationLimits.MaxTableSize}, not {size}";
        return Primes.IsPrime(size) ? null : $"\"tableSize\" must be a prime; {size} is not, {Primes.NextAfter(size)} is";
    }
}
