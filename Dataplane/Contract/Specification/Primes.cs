namespace RustyRail.Contract.Specification;

/// <summary>Maglev's permutations visit every slot only when the table's size is prime.</summary>
public static class Primes
{
    public static bool IsPrime(int number)
    {
        if (number < 2) return false;
        for (int divisor = 2; (long)divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0) return false;
        }

        return true;
    }

    public static int NextAfter(int number)
    {
        int next = number + 1;
        while (!IsPrime(next)) next++;
        return next;
    }
}
