terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source = "hashicorp/google"
      # 7.x added `sandbox_launcher` of Cloud Run containers in August 2026.
      version = ">= 7.46, < 8"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}
