using System.Security.Cryptography;
using System.Text;

namespace RustyRail.Contract.Specification;

/// <summary>Sixteen hex digits that are equal on every node holding the same catalogue: the head of SHA-256 over the canonical text.</summary>
public static class SpecificationDigest
{
    public const int Length = 16;

    public static string Of(CatalogueSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SpecificationWriter.Write(spec))))[..Length];
}
