"""What the park runs: forms, programmes, applications, reviews, cohorts, expertise, challenges, pilots, case studies."""
