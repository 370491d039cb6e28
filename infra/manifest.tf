# What the declarations in functions/ say; `npm run manifest` writes it. Adding a function changes nothing in this folder.
locals {
  manifest  = jsondecode(file("${path.module}/manifest.generated.json"))
  functions = { for function in local.manifest.functions : function.name => function }

  internal = { for name, function in local.functions : name => function if function.access == "internal" }
  public   = { for name, function in local.functions : name => function if function.access != "internal" }
  steps    = { for name, function in local.functions : name => function if function.kind == "step" }
  timers   = { for name, function in local.functions : name => function if function.kind == "timer" }
  sandbox  = { for name, function in local.functions : name => function if lookup(function.deployment, "identity", "api") == "sandbox" }
}
