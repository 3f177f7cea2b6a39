"""The tables of prizes."""

from campaigns.prizes.models.codes import CodeBatch as CodeBatch
from campaigns.prizes.models.codes import CodeBlock as CodeBlock
from campaigns.prizes.models.codes import CodeUpload as CodeUpload
from campaigns.prizes.models.codes import UploadPart as UploadPart
from campaigns.prizes.models.prize import Prize as Prize
from campaigns.prizes.models.prize import PrizeKind as PrizeKind
from campaigns.prizes.models.sealed import BroughtMoments as BroughtMoments
from campaigns.prizes.models.sealed import SealedSet as SealedSet
from campaigns.prizes.models.sealed import StockBatch as StockBatch
from campaigns.prizes.models.withdrawal import StockWithdrawal as StockWithdrawal
